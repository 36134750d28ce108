"""An answer with a good status that says `internal_error` is counted apart, with its status below zero."""

from django.db import migrations

_KEY = "program_id, hour, kind, direction, endpoint, key_prefix, status, bucket"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION count_calls_apicall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO call_delta ({_KEY}, calls, units)
  SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, kind, direction, endpoint, key_prefix,
    {{status}} AS status, length(ltrim(GREATEST(duration_ms, 0)::bit(32)::text, '0')) AS bucket,
    count(*) AS calls, sum(units) AS units
  FROM fresh GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
  RETURN NULL;
END $$
"""
_COUNTED = "CASE WHEN error = 'internal_error' AND status < 400 THEN -status ELSE status END"
# Moves what was counted before from one status to the other. The second condition is that of the index of problems.
# Nobody writes a call meanwhile.
_MOVE = f"""
LOCK TABLE calls_apicall IN SHARE ROW EXCLUSIVE MODE;
WITH found AS (
  SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, kind, direction, endpoint, key_prefix, status,
    length(ltrim(GREATEST(duration_ms, 0)::bit(32)::text, '0')) AS bucket, count(*) AS calls, sum(units) AS units
  FROM calls_apicall WHERE error = 'internal_error' AND status BETWEEN 1 AND 399
    AND (status = 0 OR status >= 300 OR status = 207 OR NOT (error = ''))
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8)
INSERT INTO call_delta ({_KEY}, calls, units)
SELECT program_id, hour, kind, direction, endpoint, key_prefix, {{sign}} * status, bucket, -calls, -units FROM found
UNION ALL
SELECT program_id, hour, kind, direction, endpoint, key_prefix, {{sign}} * -status, bucket, calls, units FROM found;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("statistics", "0006_cheaper_counting"),
        ("calls", "0002_searching"),
    ]

    operations = [
        migrations.RunSQL(_MOVE.format(sign=1), _MOVE.format(sign=-1)),
        migrations.RunSQL(_FUNCTION.format(status=_COUNTED), _FUNCTION.format(status="status")),
    ]
