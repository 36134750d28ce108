"""Events that were not delivered are counted by their reason too, where that is one of our own symbols."""

from django.db import migrations, models

_OLD_KEY = "program_id, hour, connection_id, type, state, is_maybe_twice"
_KEY = f"{_OLD_KEY}, reason"
_OLD_SOURCE = """
SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, COALESCE(connection_id, 0) AS connection_id, type, state,
  is_maybe_twice, count(*) AS events
FROM {source} GROUP BY 1, 2, 3, 4, 5, 6
"""
# The other side's own words are without number, so they are one reason here.
_SOURCE = """
SELECT program_id, date_trunc('hour', at, 'UTC') AS hour, COALESCE(connection_id, 0) AS connection_id, type, state,
  is_maybe_twice, CASE WHEN state = 'delivered' THEN '' WHEN reason LIKE 'expired%' THEN 'expired'
  WHEN reason ~ '^[a-z][a-z0-9_]{{1,38}}$' THEN reason ELSE 'refused' END AS reason, count(*) AS events
FROM {source} GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION count_delivery_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outcome_delta ({columns}, events) {counts};
  RETURN NULL;
END $$
"""
# The outcomes are kept as long as their counts, so those are made anew. Nobody writes one meanwhile.
_ANEW = """
LOCK TABLE delivery_outcome IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM outcome_count; DELETE FROM outcome_delta;
INSERT INTO outcome_delta ({columns}, events) {counts};
"""


def _sql(text: str, columns: str, source: str, table: str) -> str:
    return text.format(columns=columns, counts=source.format(source=table))


def _reason():
    return models.CharField(default="", db_default="", max_length=40)


class Migration(migrations.Migration):
    dependencies = [("statistics", "0003_undelivered")]

    operations = [
        migrations.RemoveConstraint("outcomecount", "outcome_count_once"),
        migrations.AddField("outcomedelta", "reason", _reason()),
        migrations.AddField("outcomecount", "reason", _reason()),
        migrations.RunSQL(migrations.RunSQL.noop, _sql(_ANEW, _OLD_KEY, _OLD_SOURCE, "delivery_outcome")),
        migrations.AddConstraint(
            "outcomecount", models.UniqueConstraint(fields=_KEY.split(", "), name="outcome_count_once")
        ),
        migrations.RunSQL(_sql(_FUNCTION, _KEY, _SOURCE, "fresh"), _sql(_FUNCTION, _OLD_KEY, _OLD_SOURCE, "fresh")),
        migrations.RunSQL(_sql(_ANEW, _KEY, _SOURCE, "delivery_outcome"), migrations.RunSQL.noop),
    ]
