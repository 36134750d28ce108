"""The periods to choose from, each cut into the steps of its charts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from integrations.statistics.reading import Period
from selfservice.ui.zones import known_zone

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` stands in the address. The steps are hours, or days where the program is."""

    name: str
    label: "StrOrPromise"
    hours: int = 0
    days: int = 0


CHOICES = {
    choice.name: choice
    for choice in (
        Choice("24h", _("24 hours"), hours=24),
        Choice("7d", _("7 days"), hours=7 * 24),
        Choice("30d", _("30 days"), days=30),
        Choice("90d", _("90 days"), days=90),
    )
}
FIRST_SHOWN = CHOICES["24h"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A choice as of now. `moments` are the beginnings of its steps, oldest first; the last has just begun.
    `moment_of` finds them by what the counts call them: hours by the moment itself, days by their date."""

    choice: Choice
    period: Period
    moment_of: Mapping[date, datetime]

    @property
    def moments(self) -> tuple[datetime, ...]:
        return tuple(self.moment_of.values())

    @property
    def steps(self) -> list[Period]:
        """From each moment to the next."""
        return [Period(*bounds) for bounds in pairwise((*self.moments, self.period.until))]

    @property
    def is_by_day(self) -> bool:
        return bool(self.choice.days)


def stretch_of(choice: Choice, *, zone: str, now: datetime) -> Stretch:
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _HOUR
    if choice.days:
        today = now.astimezone(known_zone(zone)).date()
        dates = [today - timedelta(days=back) for back in reversed(range(choice.days))]
        moments = {day: _beginning(day, zone) for day in dates}
    else:
        hours = [until - _HOUR * back for back in range(choice.hours, 0, -1)]
        moments = dict(zip(hours, hours, strict=True))
    return Stretch(choice, Period(next(iter(moments.values())), until), moments)


def _beginning(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, known_zone(zone)).astimezone(UTC)
