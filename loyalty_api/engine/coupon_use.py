"""Reads the use of coupons for reports: of a period by day, by coupon and by partner. No row of an account is read."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from loyalty_api.engine.report_reading import Counts, Period, Tallies
from selfservice.database import rows
from selfservice.programs.models import Program

ASSIGNED, ACTIVATED, REDEEMED = "assigned", "activated", "redeemed"
# Coupons that are deleted were used all the same.
_FOUND = """
SELECT day, coupon_id, partner_id, assigned, activated, redeemed FROM coupon_day_count
 WHERE coupon_id IN (SELECT id FROM engine_coupon WHERE program_id = %(program)s)
   AND day BETWEEN %(since)s AND %(until)s AND (%(partner)s::text IS NULL OR partner_id = %(partner)s)
   AND (assigned, activated, redeemed) <> (0, 0, 0)
"""
_READ = f"""
SELECT day, coupon_id, partner_id, sum(assigned), sum(activated), sum(redeemed) FROM ({_FOUND}) AS found
 GROUP BY GROUPING SETS ((day), (coupon_id), (partner_id)) ORDER BY day
"""  # noqa: S608 - the parts are constants


def use_of(*, program: Program, period: Period, partner_id: str | None = None) -> Counts:
    """`partner_id` narrows it down to one partner, an empty one to what happened at none."""
    days, coupons, partners = (defaultdict[Any, Tallies](Tallies) for _ in range(3))
    for day, coupon_id, partner, *numbers in rows.read(_READ, _asked(program, period, partner_id)):
        tallies = days[day] if day else partners[partner] if coupon_id is None else coupons[coupon_id]
        _add(tallies, numbers)
    return Counts({}, dict(days), dict(partners), coupons=dict(coupons))


def lines_of_use(
    *, program: Program, period: Period, partner_id: str | None = None
) -> Iterator[tuple[date, str, str, Tallies]]:
    """By day, coupon and partner, oldest first; without what nothing happened to."""
    found = rows.read(f"{_FOUND} ORDER BY day, coupon_id, partner_id", _asked(program, period, partner_id))
    for day, coupon_id, partner, *numbers in found:
        tallies = Tallies()
        _add(tallies, numbers)
        yield day, coupon_id, partner, tallies


def _add(tallies: Tallies, numbers: list[int]) -> None:
    for figure, number in zip((ASSIGNED, ACTIVATED, REDEEMED), numbers, strict=True):
        tallies.add(figure, "", number)


def _asked(program: Program, period: Period, partner_id: str | None) -> dict[str, Any]:
    return {"program": program.pk, "since": period.since, "until": period.until, "partner": partner_id}
