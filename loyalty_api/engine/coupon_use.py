"""Reads the use of coupons for reports: of a period by day, by coupon and by partner. No row of an account is read."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from loyalty_api.engine.coupon_count_models import CouponMonthCount
from loyalty_api.engine.models import Coupon
from loyalty_api.engine.report_reading import Counts, Period, Tallies
from selfservice.database import rows
from selfservice.programs.models import Program

ASSIGNED, ACTIVATED, REDEEMED = "assigned", "activated", "redeemed"
# Coupons that are deleted were used all the same.
_OF = """coupon_id IN (SELECT id FROM engine_coupon WHERE program_id = %(program)s)
   AND (%(partner)s::text IS NULL OR partner_id = %(partner)s)"""
_NUMBERS, _LESS = "assigned, activated, redeemed", "-assigned, -activated, -redeemed"
_DAYS = f"""
SELECT coupon_id, partner_id, day AS step, {_NUMBERS} FROM coupon_day_count
 WHERE {_OF} AND day BETWEEN %(since)s AND %(until)s
"""  # noqa: S608 - the parts are constants
# Whole months, less the days of the first and the last one that are not of the period: years are few rows.
_MONTHS = f"""
SELECT coupon_id, partner_id, GREATEST(month, %(since)s) AS step, {_NUMBERS} FROM coupon_month_count
 WHERE {_OF} AND month BETWEEN %(first_month)s AND %(until)s
UNION ALL
SELECT coupon_id, partner_id, %(since)s::date, {_LESS} FROM coupon_day_count
 WHERE {_OF} AND day >= %(first_month)s AND day < %(since)s
UNION ALL
SELECT coupon_id, partner_id, GREATEST(%(last_month)s::date, %(since)s), {_LESS} FROM coupon_day_count
 WHERE {_OF} AND day > %(until)s AND day < %(next_month)s
"""  # noqa: S608 - the parts are constants
_SUMS = "sum(assigned), sum(activated), sum(redeemed)"
_READ = """
SELECT step, coupon_id, partner_id, {sums} FROM ({within}) AS within
 GROUP BY GROUPING SETS ((step), (coupon_id), (partner_id)) HAVING ({sums}) <> (0, 0, 0) ORDER BY step
"""
_BY_DAY, _BY_MONTH = (_READ.format(within=within, sums=_SUMS) for within in (_DAYS, _MONTHS))
_LINES = f"""
SELECT step, coupon_id, partner_id, {_NUMBERS} FROM ({_DAYS}) AS within
 WHERE ({_NUMBERS}) <> (0, 0, 0) ORDER BY step, coupon_id, partner_id
"""  # noqa: S608 - the parts are constants


def use_of(*, program: Program, period: Period, partner_id: str | None = None, is_by_month: bool = False) -> Counts:
    """`partner_id` narrows it down to one partner, an empty one to what happened at none."""
    steps, coupons, partners = (defaultdict[Any, Tallies](Tallies) for _ in range(3))
    text = _BY_MONTH if is_by_month else _BY_DAY
    for step, coupon_id, partner, *numbers in rows.read(text, _asked(program, period, partner_id)):
        tallies = steps[step] if step else partners[partner] if coupon_id is None else coupons[coupon_id]
        _add(tallies, numbers)
    return Counts({}, dict(steps), dict(partners), coupons=dict(coupons))


def lines_of_use(
    *, program: Program, period: Period, partner_id: str | None = None
) -> Iterator[tuple[date, str, str, Tallies]]:
    """By day, coupon and partner, oldest first; without what nothing happened to. Read in portions."""
    for portion in period.portions:
        for day, coupon_id, partner, *numbers in rows.read(_LINES, _asked(program, portion, partner_id)):
            tallies = Tallies()
            _add(tallies, numbers)
            yield day, coupon_id, partner, tallies


def is_used(*, program: Program, partner_id: str | None = None) -> bool:
    """Whether anything happened to any coupon of the program, on whatever day."""
    coupons = Coupon._base_manager.filter(program=program).values("id")
    found = CouponMonthCount.objects.filter(coupon_id__in=coupons)
    return (found if partner_id is None else found.filter(partner_id=partner_id)).exists()


def _add(tallies: Tallies, numbers: list[int]) -> None:
    for figure, number in zip((ASSIGNED, ACTIVATED, REDEEMED), numbers, strict=True):
        tallies.add(figure, "", number)


def _asked(program: Program, period: Period, partner_id: str | None) -> dict[str, Any]:
    return {"program": program.pk, "partner": partner_id} | period.bounds
