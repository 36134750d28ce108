"""Redemptions are counted at the interaction point they were made at, and so for its partner, also those of before."""

from django.db import migrations, models

_COUNTING = """
CREATE OR REPLACE FUNCTION count_redemption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO coupon_delta (coupon_id, at, assigned, activated, redeemed{column})
  VALUES (NEW.coupon_id, NEW.redeemed_at, 0, 0, 1{value});
  RETURN NULL;
END $$
"""
_AT_POINT = _COUNTING.format(column=", point", value=", NEW.interaction_id")
_ANYWHERE = _COUNTING.format(column="", value="")
# Nobody redeems until all this is committed: nothing is missed, and nothing counted twice.
_ALONE = "LOCK TABLE engine_couponredemption IN SHARE ROW EXCLUSIVE MODE"
# What was counted already moves from no partner to the one of its point, by two deltas of which one takes what the
# other gives. A program's zone may have changed since, so that no day gives away more than was counted on it.
_MOVE = """
INSERT INTO coupon_delta (coupon_id, at, point, assigned, activated, redeemed)
WITH zones AS MATERIALIZED (
  SELECT c.id AS coupon_id, c.program_id, COALESCE(z.name, 'UTC') AS zone
    FROM engine_coupon c JOIN programs_program p ON p.id = c.program_id
    LEFT JOIN pg_timezone_names z ON z.name = p.timezone),
made AS (
  SELECT coupon_id, zone, (r.redeemed_at AT TIME ZONE zone)::date AS day, r.interaction_id AS point, count(*) AS number
    FROM engine_couponredemption r JOIN zones USING (coupon_id)
    JOIN engine_interactionpoint i
      ON i.program_id = zones.program_id AND i.code = r.interaction_id AND i.partner_id IS NOT NULL
   GROUP BY 1, 2, 3, 4),
counted AS (
  SELECT coupon_id, day, sum(redeemed) AS number FROM (
    SELECT coupon_id, day, redeemed FROM coupon_day_count WHERE partner_id = ''
    UNION ALL
    SELECT coupon_id, (at AT TIME ZONE zone)::date, redeemed FROM coupon_delta JOIN zones USING (coupon_id)) AS parts
   GROUP BY 1, 2),
moved AS (
  SELECT coupon_id, (day + time '12:00') AT TIME ZONE zone AS at, point,
         LEAST(made.number, counted.number - sum(made.number) OVER earlier + made.number) AS number
    FROM made JOIN counted USING (coupon_id, day)
  WINDOW earlier AS (PARTITION BY coupon_id, day ORDER BY point))
SELECT coupon_id, at, side.point, 0, 0, side.number
  FROM moved, LATERAL (VALUES (moved.point, moved.number), ('', -moved.number)) AS side (point, number)
 WHERE moved.number > 0
"""
_MERGE = """
WITH gone AS (DELETE FROM coupon_day_count WHERE partner_id <> '' RETURNING *)
INSERT INTO coupon_day_count AS known (coupon_id, day, assigned, activated, redeemed)
SELECT coupon_id, day, sum(assigned), sum(activated), sum(redeemed) FROM gone GROUP BY 1, 2
ON CONFLICT (coupon_id, day, partner_id) DO UPDATE SET assigned = known.assigned + excluded.assigned,
   activated = known.activated + excluded.activated, redeemed = known.redeemed + excluded.redeemed
"""
_ONCE = "coupon_day_count_once"


def _place():
    return models.CharField(db_default="", default="", max_length=64)


class Migration(migrations.Migration):
    dependencies = [("engine", "0015_report_counts")]

    operations = [
        migrations.RunSQL(_ALONE, migrations.RunSQL.noop),
        migrations.AddField("coupondelta", "point", _place()),
        migrations.AddField("coupondaycount", "partner_id", _place()),
        migrations.RemoveConstraint("coupondaycount", _ONCE),
        migrations.AddConstraint(
            "coupondaycount", models.UniqueConstraint(fields=["coupon_id", "day", "partner_id"], name=_ONCE)
        ),
        migrations.RunSQL(_AT_POINT, _ANYWHERE),
        migrations.RunSQL(_MOVE, _MERGE),
    ]
