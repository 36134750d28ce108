"""Who rises or falls is counted for the partner of the account's membership, the owner's before others'."""

from django.db import migrations

_THRESHOLD = "COALESCE((SELECT needed_status_points FROM engine_level WHERE program_id = NEW.program_id AND slug = {row}.level), -1)"
_OWNERS_PARTNER = """(SELECT partner_id FROM engine_membership WHERE account_id = NEW.id
                       ORDER BY role = 'OWNER' DESC, created_at, id LIMIT 1)"""
_LEVEL = """
CREATE OR REPLACE FUNCTION report_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO report_delta (program_id, at, figure, partner_id, detail, number)
  VALUES (NEW.program_id, now(), 'left_level', {partner}, OLD.level, 1),
         (NEW.program_id, now(), CASE WHEN {new} > {old} THEN 'risen' ELSE 'fallen' END, {partner}, NEW.level, 1);
  RETURN NULL;
END $$
"""
_THRESHOLDS = {"new": _THRESHOLD.format(row="NEW"), "old": _THRESHOLD.format(row="OLD")}


class Migration(migrations.Migration):
    dependencies = [("engine", "0017_month_counts")]

    operations = [
        migrations.RunSQL(
            _LEVEL.format(partner=f"COALESCE({_OWNERS_PARTNER}, '')", **_THRESHOLDS),
            _LEVEL.format(partner="''", **_THRESHOLDS),
        )
    ]
