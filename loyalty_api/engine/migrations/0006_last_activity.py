from django.db import migrations

# The ledger's newest line; an account without one was last active when it was opened.
FILL = """
UPDATE engine_account AS account
   SET last_activity_at = COALESCE(
           (SELECT booked_at FROM engine_booking WHERE account_id = account.id ORDER BY id DESC LIMIT 1),
           account.created_at)
 WHERE last_activity_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0005_ledger_rules")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]
