"""The database counts what is failed or filtered now, by cause: up when it ends, down when it is sent again."""

from django.db import migrations, models

_COLUMNS = "connection_id, day, state, cause, type, is_maybe_twice, events"
_KEY = "connection_id, day, state, outcome_cause(reason) AS cause, type, is_maybe_twice"
_OURS = "state <> 'delivered' AND connection_id IS NOT NULL AND replayed_at IS NULL"
_COUNT = f"SELECT {_KEY}, count(*) AS events FROM {{source}} WHERE {_OURS} GROUP BY 1, 2, 3, 4, 5, 6"
_FUNCTION = f"""
CREATE FUNCTION count_undelivered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO undelivered_delta ({_COLUMNS}) {_COUNT.format(source="fresh")};
  RETURN NULL;
END $$
"""
# Only a replay updates outcomes.
_FUNCTION_AGAIN = f"""
CREATE FUNCTION recount_undelivered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO undelivered_delta ({_COLUMNS})
  SELECT connection_id, day, state, cause, type, is_maybe_twice, sum(events) FROM (
    SELECT {_KEY}, -1 AS events FROM past WHERE {_OURS}
    UNION ALL SELECT {_KEY}, 1 FROM fresh WHERE {_OURS}) AS changed
  GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(events) <> 0;
  RETURN NULL;
END $$
"""


def _fields():
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("connection_id", models.BigIntegerField()),
        ("day", models.DateField()),
        ("state", models.CharField(max_length=10)),
        ("cause", models.CharField(max_length=160)),
        ("type", models.CharField(max_length=64)),
        ("is_maybe_twice", models.BooleanField()),
        ("events", models.BigIntegerField()),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0002_counting"),
        ("delivery", "0009_recovery"),
    ]

    operations = [
        migrations.CreateModel("UndeliveredDelta", fields=_fields(), options={"db_table": "undelivered_delta"}),
        migrations.CreateModel("UndeliveredCount", fields=_fields(), options={"db_table": "undelivered_count"}),
        migrations.AddIndex("undelivereddelta", models.Index(fields=["connection_id"], name="undelivered_delta_of")),
        migrations.AddConstraint(
            "undeliveredcount",
            models.UniqueConstraint(
                fields=["connection_id", "state", "day", "cause", "type", "is_maybe_twice"],
                name="undelivered_count_once",
            ),
        ),
        migrations.RunSQL(
            f"INSERT INTO undelivered_delta ({_COLUMNS}) {_COUNT.format(source='delivery_outcome')}",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION count_undelivered()"),
        migrations.RunSQL(_FUNCTION_AGAIN, "DROP FUNCTION recount_undelivered()"),
        migrations.RunSQL(
            """
            CREATE TRIGGER count_undelivered AFTER INSERT ON delivery_outcome REFERENCING NEW TABLE AS fresh
            FOR EACH STATEMENT EXECUTE FUNCTION count_undelivered()
            """,
            "DROP TRIGGER count_undelivered ON delivery_outcome",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER recount_undelivered AFTER UPDATE ON delivery_outcome
            REFERENCING OLD TABLE AS past NEW TABLE AS fresh
            FOR EACH STATEMENT EXECUTE FUNCTION recount_undelivered()
            """,
            "DROP TRIGGER recount_undelivered ON delivery_outcome",
        ),
    ]
