"""The database counts what is written to the call log and to the outcomes, beginning with what is there already."""

from django.db import migrations

_CALLS = """
SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, kind, direction, endpoint, key_prefix, status,
  CASE WHEN duration_ms < 1 THEN 0 ELSE floor(log(2, duration_ms))::smallint + 1 END AS bucket,
  count(*) AS calls, sum(units) AS units
FROM {source} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_CALL_COLUMNS = "program_id, hour, kind, direction, endpoint, key_prefix, status, bucket, calls, units"
_OUTCOMES = """
SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, COALESCE(connection_id, 0) AS connection_id, type, state,
  is_maybe_twice, count(*) AS events
FROM {source} GROUP BY 1, 2, 3, 4, 5, 6
"""
_OUTCOME_COLUMNS = "program_id, hour, connection_id, type, state, is_maybe_twice, events"


def _counting(*, table: str, delta: str, columns: str, counts: str) -> list[migrations.RunSQL]:
    """For each statement and not for each row: a batch of events costs a handful of rows here."""
    function = f"count_{table}"
    return [
        migrations.RunSQL(f"INSERT INTO {delta} ({columns}) {counts.format(source=table)}", migrations.RunSQL.noop),
        migrations.RunSQL(
            f"""
            CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              INSERT INTO {delta} ({columns}) {counts.format(source="fresh")};
              RETURN NULL;
            END $$
            """,
            f"DROP FUNCTION {function}()",
        ),
        migrations.RunSQL(
            f"""
            CREATE TRIGGER {function} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
            FOR EACH STATEMENT EXECUTE FUNCTION {function}()
            """,
            f"DROP TRIGGER {function} ON {table}",
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0001_initial"),
        ("calls", "0001_initial"),
        ("delivery", "0006_member_role"),
    ]

    operations = [
        *_counting(table="calls_apicall", delta="call_delta", columns=_CALL_COLUMNS, counts=_CALLS),
        *_counting(table="delivery_outcome", delta="outcome_delta", columns=_OUTCOME_COLUMNS, counts=_OUTCOMES),
    ]
