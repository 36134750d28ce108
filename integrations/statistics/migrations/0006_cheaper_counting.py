"""One trigger counts outcomes in place of two, in few words where all were delivered; calls are sorted into their
buckets by counting bits, which is the same number and no logarithm."""

from django.db import migrations

_OUTCOME_KEY = "program_id, hour, connection_id, type, state, is_maybe_twice, reason"
_UNDELIVERED_KEY = "connection_id, day, state, cause, type, is_maybe_twice"
_OUTCOMES = f"""
  INSERT INTO outcome_delta ({_OUTCOME_KEY}, events)
  SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, COALESCE(connection_id, 0) AS connection_id, type, state,
    is_maybe_twice, CASE WHEN state = 'delivered' THEN '' WHEN reason LIKE 'expired%' THEN 'expired'
    WHEN reason ~ '^[a-z][a-z0-9_]{{1,38}}$' THEN reason ELSE 'refused' END AS reason, count(*) AS events
  FROM fresh GROUP BY 1, 2, 3, 4, 5, 6, 7;
"""
_UNDELIVERED = f"""
  INSERT INTO undelivered_delta ({_UNDELIVERED_KEY}, events)
  SELECT connection_id, day, state, outcome_cause(reason) AS cause, type, is_maybe_twice, count(*) AS events
  FROM fresh WHERE state <> 'delivered' AND connection_id IS NOT NULL AND replayed_at IS NULL
  GROUP BY 1, 2, 3, 4, 5, 6;
"""
_DELIVERED = f"""
  INSERT INTO outcome_delta ({_OUTCOME_KEY}, events)
  SELECT program_id, date_trunc('hour', at, 'UTC'), COALESCE(connection_id, 0), type, state, is_maybe_twice, '',
    count(*)
  FROM fresh GROUP BY program_id, at, connection_id, type, state, is_maybe_twice;
"""
_CALLS = """
  INSERT INTO call_delta (program_id, hour, kind, direction, endpoint, key_prefix, status, bucket, calls, units)
  SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, kind, direction, endpoint, key_prefix, status,
    {bucket} AS bucket, count(*) AS calls, sum(units) AS units
  FROM fresh GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
"""
_LOGARITHM = "CASE WHEN duration_ms < 1 THEN 0 ELSE floor(log(2, duration_ms))::smallint + 1 END"
_BITS = "length(ltrim(GREATEST(duration_ms, 0)::bit(32)::text, '0'))"
_MERGED = f"""
IF EXISTS (SELECT FROM fresh WHERE state <> 'delivered') THEN {_OUTCOMES} {_UNDELIVERED}
ELSE {_DELIVERED}
END IF;
"""
_TRIGGER = """
CREATE TRIGGER count_undelivered AFTER INSERT ON delivery_outcome REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION count_undelivered()
"""


def _function(name: str, body: str) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {body}
      RETURN NULL;
    END $$
    """


class Migration(migrations.Migration):
    dependencies = [("statistics", "0005_summaries")]

    operations = [
        migrations.RunSQL("DROP TRIGGER count_undelivered ON delivery_outcome", _TRIGGER),
        migrations.RunSQL("DROP FUNCTION count_undelivered()", _function("count_undelivered", _UNDELIVERED)),
        migrations.RunSQL(_function("count_delivery_outcome", _MERGED), _function("count_delivery_outcome", _OUTCOMES)),
        migrations.RunSQL(
            _function("count_calls_apicall", _CALLS.format(bucket=_BITS)),
            _function("count_calls_apicall", _CALLS.format(bucket=_LOGARITHM)),
        ),
    ]
