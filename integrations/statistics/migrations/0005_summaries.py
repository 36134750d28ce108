"""Calls are summed up twice more: by the day with all that tells them apart, and by the hour without most of it."""

from django.db import migrations, models

_KEY = ["program_id", "hour", "kind", "direction", "endpoint", "key_prefix", "status", "bucket"]
_HOUR_KEY = ["program_id", "hour", "kind", "direction", "status"]
# Nobody sums up meanwhile.
_FILL = """
LOCK TABLE call_count IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO call_day_count (program_id, hour, kind, direction, endpoint, key_prefix, status, bucket, calls, units)
SELECT program_id, date_trunc('day', hour, 'UTC'), kind, direction, endpoint, key_prefix, status, bucket, sum(calls),
  sum(units) FROM call_count GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
INSERT INTO call_hour_count (program_id, hour, kind, direction, status, calls, units)
SELECT program_id, hour, kind, direction, status, sum(calls), sum(units) FROM call_count GROUP BY 1, 2, 3, 4, 5;
"""


def _fields(*more):
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("program_id", models.BigIntegerField()),
        ("hour", models.DateTimeField()),
        ("kind", models.CharField(max_length=32)),
        ("direction", models.CharField(max_length=3)),
        *more,
        ("status", models.SmallIntegerField()),
        ("calls", models.BigIntegerField()),
        ("units", models.BigIntegerField()),
    ]


class Migration(migrations.Migration):
    dependencies = [("statistics", "0004_reasons")]

    operations = [
        migrations.CreateModel(
            "CallDayCount",
            fields=_fields(
                ("endpoint", models.CharField(max_length=64)),
                ("key_prefix", models.CharField(max_length=8)),
                ("bucket", models.SmallIntegerField()),
            ),
            options={
                "db_table": "call_day_count",
                "constraints": [models.UniqueConstraint(fields=_KEY, name="call_day_count_once")],
            },
        ),
        migrations.CreateModel(
            "CallHourCount",
            fields=_fields(),
            options={
                "db_table": "call_hour_count",
                "constraints": [models.UniqueConstraint(fields=_HOUR_KEY, name="call_hour_count_once")],
            },
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
