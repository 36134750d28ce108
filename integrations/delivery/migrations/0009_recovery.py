"""What pages need to send again: why units ended as an index, which job took them back, and events as they were."""

from django.db import migrations, models

# Words of the other side that name a mail address or a long number would make a cause of each event.
_CAUSE = r"""
CREATE FUNCTION outcome_cause(reason text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF reason !~ '[@0-9]' THEN
    RETURN left(reason, 160);
  END IF;
  RETURN left(regexp_replace(regexp_replace(reason, '[^[:space:]"''<>@,;:]+@[^[:space:]"''<>@,;:]+', '…@…', 'g'),
                             '[0-9]{4,}', '#', 'g'), 160);
END $$
"""
# Delivered units are not in it, so that it costs nothing on the way of most.
_UNDELIVERED = """
CREATE INDEX outcome_undelivered ON delivery_outcome (connection_id, state, outcome_cause(reason), day, id)
WHERE state <> 'delivered' AND replayed_at IS NULL
"""
_UNDELIVERED_IN_ORDER = """
CREATE INDEX outcome_undelivered_in_order ON delivery_outcome (connection_id, state, day, id)
WHERE state <> 'delivered' AND replayed_at IS NULL
"""
_OF_JOB = "CREATE INDEX outcome_of_job ON delivery_outcome (replay_job_id, day, id) WHERE replay_job_id IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0008_count_held")]

    operations = [
        migrations.RunSQL(_CAUSE, "DROP FUNCTION outcome_cause(text)"),
        migrations.RunSQL(_UNDELIVERED, "DROP INDEX outcome_undelivered"),
        migrations.RunSQL(_UNDELIVERED_IN_ORDER, "DROP INDEX outcome_undelivered_in_order"),
        migrations.AddField("deliveryoutcome", "replay_job_id", models.BigIntegerField(null=True)),
        migrations.RunSQL(_OF_JOB, "DROP INDEX outcome_of_job"),
        migrations.AddField("replayjob", "is_chosen", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("resync", "is_in_background", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("resync", "trouble", models.TextField(blank=True, db_default="")),
        migrations.CreateModel(
            name="EventEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stored_event_id", models.BigIntegerField()),
                ("event_day", models.DateField()),
                ("program_id", models.BigIntegerField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("edited_by", models.CharField(max_length=254)),
                ("edited_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "event_edit",
                "indexes": [
                    models.Index(fields=["stored_event_id", "event_day"], name="edit_of_event"),
                    models.Index(fields=["event_day"], name="edit_day"),
                ],
            },
        ),
    ]
