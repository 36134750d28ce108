"""What became of a coupon, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from loyalty_api.engine.coupon_counts import NONE, Numbers, numbers_by_day
from loyalty_api.engine.models import Coupon
from selfservice.programs.models import Program
from selfservice.ui.bars import BarChart, bar_chart
from selfservice.ui.zones import known_zone

DAYS = 30


@dataclass(frozen=True, slots=True)
class Days:
    """`rows` are the days on which there was anything, the newest first."""

    since: date
    assigned: BarChart
    redeemed: BarChart
    rows: Sequence[tuple[date, Numbers]]


def last_days(program: Program, coupon: Coupon, *, now: datetime) -> Days:
    """The last `DAYS` days in the program's zone, today included."""
    zone = known_zone(program.timezone)
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    found = numbers_by_day(program=program, coupon=coupon, since=days[0])
    moments = {day: datetime.combine(day, time.min, zone) for day in days}
    charts = {
        kind: bar_chart(
            moments=list(moments.values()),
            kinds=[kind],
            counts={(at, kind): getattr(found.get(day, NONE), kind) for day, at in moments.items()},
        )
        for kind in ("assigned", "redeemed")
    }
    rows = sorted(((day, numbers) for day, numbers in found.items() if numbers != NONE), reverse=True)
    return Days(days[0], charts["assigned"], charts["redeemed"], rows)
