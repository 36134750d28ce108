"""The numbers of coupons: summed up every minute, and read without counting a row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import connection

from loyalty_api.engine.coupon_models import Coupon
from selfservice.database import rows
from selfservice.programs.models import Program

CHUNK = 20_000
_SUMS = "sum(assigned) AS assigned, sum(activated) AS activated, sum(redeemed) AS redeemed"
_ADD = """DO UPDATE SET assigned = known.assigned + excluded.assigned,
    activated = known.activated + excluded.activated, redeemed = known.redeemed + excluded.redeemed"""
# One statement, so that no sum ever differs from another. In one order by everybody: two that run at once must not wait
# for each other in a circle. A zone that the database does not know is no reason to count nothing.
_FOLD = f"""
WITH due AS (SELECT id FROM coupon_delta ORDER BY id LIMIT {CHUNK} FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM coupon_delta d USING due WHERE d.id = due.id RETURNING d.*),
zones AS (SELECT c.id AS coupon_id, c.program_id, COALESCE(z.name, 'UTC') AS name
            FROM engine_coupon c JOIN programs_program p ON p.id = c.program_id
            LEFT JOIN pg_timezone_names z ON z.name = p.timezone
           WHERE c.id IN (SELECT coupon_id FROM gone)),
days AS (SELECT coupon_id, (at AT TIME ZONE zones.name)::date AS day, COALESCE(i.partner_id, '') AS partner_id, {_SUMS}
           FROM gone JOIN zones USING (coupon_id)
           LEFT JOIN engine_interactionpoint i
             ON gone.point <> '' AND i.program_id = zones.program_id AND i.code = gone.point
          GROUP BY 1, 2, 3),
by_day AS (INSERT INTO coupon_day_count AS known (coupon_id, day, partner_id, assigned, activated, redeemed)
           SELECT coupon_id, day, partner_id, assigned, activated, redeemed FROM days ORDER BY 1, 2, 3
           ON CONFLICT (coupon_id, day, partner_id) {_ADD}),
by_month AS (INSERT INTO coupon_month_count AS known (coupon_id, month, partner_id, assigned, activated, redeemed)
             SELECT coupon_id, date_trunc('month', day::timestamp)::date, partner_id, {_SUMS} FROM days
              GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
             ON CONFLICT (coupon_id, month, partner_id) {_ADD}),
whole AS (INSERT INTO coupon_count AS known (coupon_id, assigned, activated, redeemed)
          SELECT coupon_id, {_SUMS} FROM days GROUP BY 1 ORDER BY 1
          ON CONFLICT (coupon_id) {_ADD})
SELECT count(*) FROM gone
"""  # noqa: S608 - the parts are constants
_TOTALS = f"""
SELECT coupon_id, {_SUMS} FROM (
       SELECT coupon_id, assigned, activated, redeemed FROM coupon_count WHERE coupon_id = ANY(%(ids)s)
       UNION ALL
       SELECT coupon_id, assigned, activated, redeemed FROM coupon_delta WHERE coupon_id = ANY(%(ids)s)) AS parts
 GROUP BY coupon_id
"""  # noqa: S608 - the parts are constants
_BY_DAY = """
SELECT day, NULL, assigned, activated, redeemed FROM coupon_day_count WHERE coupon_id = %(id)s AND day >= %(since)s
UNION ALL
SELECT NULL, at, assigned, activated, redeemed FROM coupon_delta WHERE coupon_id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    assigned: int = 0
    activated: int = 0
    redeemed: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.assigned + other.assigned, self.activated + other.activated, self.redeemed + other.redeemed)


NONE = Numbers()


def fold() -> int:
    """How many deltas have been summed up. Safe to run twice at once."""
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_FOLD)
            row = cursor.fetchone()
        done = int(row[0]) if row else 0
        total += done
        if done < CHUNK:
            return total


def totals_of(*, coupon_ids: Collection[str]) -> dict[str, Numbers]:
    """By coupon; one that nobody ever had is left out. One statement, however many there are."""
    found = rows.read(_TOTALS, {"ids": list(coupon_ids)})
    return {coupon_id: Numbers(*map(int, numbers)) for coupon_id, *numbers in found}


def numbers_by_day(*, program: Program, coupon: Coupon, since: date) -> Mapping[date, Numbers]:
    """From that day on, in the program's time zone; days without anything are left out."""
    zone = ZoneInfo(program.timezone)
    days: dict[date, Numbers] = {}
    for day, at, *numbers in rows.read(_BY_DAY, {"id": coupon.id, "since": since}):
        local = day or at.astimezone(zone).date()
        if local >= since:
            days[local] = days.get(local, NONE) + Numbers(*map(int, numbers))
    return days
