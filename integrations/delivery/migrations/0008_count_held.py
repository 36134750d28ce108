"""Counts the events that were held before they were counted."""

from django.db import migrations

COUNT = """
INSERT INTO lane (program_id, epoch, number, next_sequence, low_water, fence, failures,
                  accepted, delivered, dead, filtered, maybe_twice)
SELECT program_id, 1, -1, 1, 1, 0, 0, count(*), 0, 0, 0, 0
FROM held_event WHERE program_id IN (SELECT id FROM programs_program) GROUP BY program_id
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0007_resync_epoch")]
    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
