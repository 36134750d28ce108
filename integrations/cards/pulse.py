"""The last 24 hours of a connection, hour by hour and in both directions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.connections.models import Connection
from integrations.delivery.models import State
from integrations.spec import IntegrationSpec
from integrations.statistics import reading
from integrations.statistics.reading import Call, Outcome, Period
from selfservice.programs.models import Program

HOURS = 24
_NO_ANSWER = 0
# A bar of one event beside one of thousands is still to be seen.
_LEAST_HEIGHT = 4.0
_WIDTH = 100 / HOURS


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour. Positions are percentages of the chart: the failed stand on top of the good."""

    hour: datetime
    good: int
    failed: int
    left: str
    width: str
    good_top: str
    good_height: str
    failed_top: str
    failed_height: str

    @property
    def total(self) -> int:
        return self.good + self.failed


@dataclass(frozen=True, slots=True)
class Series:
    """One direction. `total` counts good and failed."""

    label: str
    nothing: str
    total: int
    failed: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Pulse:
    """Events that we sent, and calls that came in."""

    sent: Series
    received: Series

    @property
    def directions(self) -> tuple[Series, Series]:
        return (self.sent, self.received)

    @property
    def hours(self) -> list[tuple[Bar, Bar]]:
        """Oldest first."""
        return list(zip(self.sent.bars, self.received.bars, strict=True))


def pulse_of(*, program: Program, spec: IntegrationSpec, connection: Connection | None, now: datetime) -> Pulse:
    """The hour that has begun is the last of the 24."""
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    period = Period(until - timedelta(hours=HOURS), until)
    ended = _ended(program, connection, period) if connection else []
    calls = reading.calls(
        program=program,
        period=period,
        by=[Call.HOUR, Call.STATUS],
        only={Call.KIND: spec.kind, Call.DIRECTION: Direction.IN.value},
    )
    answered = [(figure.by[0], _is_failure(figure.by[1]), figure.count) for figure in calls]
    names = {"title": spec.title}
    return Pulse(
        _series(_("Events to %(title)s") % names, _("Nothing was sent."), ended, period),
        _series(_("Calls from %(title)s") % names, _("Nobody has called."), answered, period),
    )


def _ended(program: Program, connection: Connection, period: Period) -> list[tuple[datetime, bool, int]]:
    figures = reading.outcomes(
        program=program,
        period=period,
        by=[Outcome.HOUR, Outcome.STATE],
        only={Outcome.CONNECTION: connection.pk},
    )
    return [(each.by[0], each.by[1] == State.DEAD, each.count) for each in figures if each.by[1] != State.FILTERED]


def _is_failure(status: int) -> bool:
    return status == _NO_ANSWER or status >= 400


def _series(label: str, nothing: str, found: Iterable[tuple[datetime, bool, int]], period: Period) -> Series:
    counts: dict[tuple[datetime, bool], int] = {}
    for hour, is_failed, count in found:
        counts[hour, is_failed] = counts.get((hour, is_failed), 0) + count
    hours = [period.since + timedelta(hours=number) for number in range(HOURS)]
    pairs = [(hour, counts.get((hour, False), 0), counts.get((hour, True), 0)) for hour in hours]
    most = max(good + failed for _hour, good, failed in pairs)
    bars = tuple(_bar(place, *pair, most) for place, pair in enumerate(pairs))
    return Series(label, nothing, sum(bar.total for bar in bars), sum(bar.failed for bar in bars), bars)


def _bar(place: int, hour: datetime, good: int, failed: int, most: int) -> Bar:
    good_height, failed_height = _height(good, most), _height(failed, most)
    good_top = 100 - good_height
    return Bar(
        hour=hour,
        good=good,
        failed=failed,
        left=f"{place * _WIDTH + 0.4:.2f}%",
        width=f"{_WIDTH - 0.8:.2f}%",
        good_top=f"{good_top:.2f}%",
        good_height=f"{good_height:.2f}%",
        failed_top=f"{max(0.0, good_top - failed_height):.2f}%",
        failed_height=f"{failed_height:.2f}%",
    )


def _height(count: int, most: int) -> float:
    return max(_LEAST_HEIGHT, 100 * count / most) if count else 0.0
