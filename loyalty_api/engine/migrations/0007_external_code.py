from django.db import migrations, models

# The account's first one.
FILL = """
UPDATE engine_account AS account SET external_code = identifier.code
  FROM (SELECT DISTINCT ON (account_id) account_id, code FROM engine_identifier
         WHERE type = 'EXTERNALCODE' ORDER BY account_id, created_at, id) AS identifier
 WHERE identifier.account_id = account.id AND account.external_code = ''
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0006_last_activity")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="external_code",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=128),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
    ]
