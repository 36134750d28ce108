"""The last 24 hours of a connection, hour by hour and in both directions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.cards.latest import latest_of
from integrations.connections.models import Connection
from integrations.delivery.models import State
from integrations.spec import IntegrationSpec
from integrations.statistics import reading
from integrations.statistics.reading import Call, Outcome, Period
from selfservice.programs.models import Program
from selfservice.ui.bars import Bar, BarChart, bar_chart

HOURS = 24
_NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Series:
    """One direction. `total` counts good and failed; `latest` is when there last was one, however long ago."""

    label: str
    nothing: str
    chart: BarChart
    latest: datetime | None

    @property
    def total(self) -> int:
        return self.chart.total

    @property
    def failed(self) -> int:
        return self.chart.totals["failed"]


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
        return list(zip(self.sent.chart.bars, self.received.chart.bars, strict=True))


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
    latest = latest_of(program=program, spec=spec, connection=connection)
    sent, received = _chart(ended, period), _chart(answered, period)
    return Pulse(
        Series(_("Events to %(title)s") % names, _("Nothing was sent."), sent, latest.sent),
        Series(_("Calls from %(title)s") % names, _("Nobody has called."), received, latest.received),
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


def _chart(found: Iterable[tuple[datetime, bool, int]], period: Period) -> BarChart:
    counts: Counter[tuple[datetime, str]] = Counter()
    for hour, is_failed, count in found:
        counts[hour, "failed" if is_failed else "good"] += count
    hours = [period.since + timedelta(hours=number) for number in range(HOURS)]
    return bar_chart(moments=hours, kinds=["good", "failed"], counts=counts)
