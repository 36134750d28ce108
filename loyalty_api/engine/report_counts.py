"""Sums up what the database has counted for reports, the use of coupons included. Safe to run twice at once: the second
does nothing."""

from datetime import datetime
from functools import cache

from django.db import connection, transaction

from loyalty_api.engine import coupon_counts
from loyalty_api.engine.report_models import ReportMoment
from selfservice.database import rows
from selfservice.database.locks import Lock

CHUNK = 20_000
_SUMS = "sum(number) AS number, sum(amount) AS amount"
_ADD = "number = known.number + excluded.number, amount = known.amount + excluded.amount"
# One statement, so that days and sums never differ. What is of a program that there is no more counts nothing; a zone
# or a partner that the database does not know is no reason to count nothing.
_FOLD = f"""
WITH due AS (SELECT id FROM report_delta ORDER BY id LIMIT {CHUNK}),
gone AS (DELETE FROM report_delta d USING due WHERE d.id = due.id RETURNING d.*),
zones AS MATERIALIZED (
  SELECT id AS program_id, CASE WHEN timezone = ANY(%(zones)s) THEN timezone ELSE 'UTC' END AS zone
    FROM programs_program WHERE id IN (SELECT program_id FROM gone)),
days AS MATERIALIZED (
  SELECT g.program_id, g.figure, (g.at AT TIME ZONE z.zone)::date AS day,
         COALESCE(i.partner_id, p.id, '') AS partner_id, g.detail, sum(g.number) AS number, sum(g.amount) AS amount
    FROM gone g JOIN zones z USING (program_id)
    LEFT JOIN engine_interactionpoint i ON g.point <> '' AND i.program_id = g.program_id AND i.code = g.point
    LEFT JOIN engine_partner p ON g.partner_id <> '' AND p.program_id = g.program_id AND p.id = g.partner_id
   GROUP BY 1, 2, 3, 4, 5),
by_day AS (
  INSERT INTO report_day_count AS known (program_id, figure, day, partner_id, detail, number, amount)
  SELECT program_id, figure, day, partner_id, detail, number, amount FROM days
  ON CONFLICT (program_id, figure, day, partner_id, detail) DO UPDATE SET {_ADD}),
whole AS (
  INSERT INTO report_count AS known (program_id, figure, partner_id, detail, number, amount)
  SELECT program_id, figure, partner_id, detail, {_SUMS} FROM days GROUP BY 1, 2, 3, 4
  ON CONFLICT (program_id, figure, partner_id, detail) DO UPDATE SET {_ADD})
SELECT count(*) FROM gone
"""  # noqa: S608 - the parts are constants


def fold(*, now: datetime) -> int:
    """How many deltas have been summed up. What was committed before `now` is in the counts after it."""
    with transaction.atomic():
        [(is_alone,)] = rows.read("SELECT pg_try_advisory_xact_lock(%(lock)s)", {"lock": Lock.COUNTING_REPORTS})
        if not is_alone:
            return 0
        total = coupon_counts.fold() + _fold_all()
        ReportMoment.objects.update_or_create(id=1, defaults={"at": now})
    return total


def _fold_all() -> int:
    total, zones = 0, list(_known_zones())
    while True:
        [(done,)] = rows.read(_FOLD, {"zones": zones})
        total += int(done)
        if done < CHUNK:
            return total


@cache
def _known_zones() -> tuple[str, ...]:
    """Once for a process: the database reads a thousand files for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        return tuple(name for (name,) in cursor.fetchall())
