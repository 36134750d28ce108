"""The last 24 hours of a connection, hour by hour and in both directions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from integrations.calls.models import Direction, is_failure
from integrations.cards.latest import latest_of
from integrations.connections.models import Connection
from integrations.delivery.models import State
from integrations.frame.lists import Lists
from integrations.frame.places import Place
from integrations.statistics import reading
from integrations.statistics.reading import Call, Outcome, Period
from selfservice.programs.models import Program
from selfservice.ui.bars import Bar, BarChart, bar_chart

HOURS = 24


@dataclass(frozen=True, slots=True)
class Series:
    """One direction. `total` counts good and failed; the addresses are of the lists of both, empty of nothing; `latest`
    is when there last was one, however long ago."""

    label: str
    nothing: str
    chart: BarChart
    lists: Lists
    filters: dict[str, str]
    failed_filters: dict[str, str]
    latest: datetime | None

    @property
    def address(self) -> str:
        return self.lists.only(self.total, **self.filters)

    @property
    def failed_address(self) -> str:
        return self.lists.only(self.failed, **self.failed_filters)

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


def pulse_of(*, place: Place, connection: Connection | None, now: datetime) -> Pulse:
    """The hour that has begun is the last of the 24."""
    program, spec = place.program, place.spec
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    period = Period(until - timedelta(hours=HOURS), until)
    ended = _ended(program, connection, period) if connection else []
    calls = reading.calls(
        program=program,
        period=period,
        by=[Call.HOUR, Call.STATUS],
        only={Call.KIND: spec.kind, Call.DIRECTION: Direction.IN.value},
    )
    answered = [(figure.by[0], is_failure(figure.by[1]), figure.count) for figure in calls]
    names, lists = {"title": spec.title}, Lists(place, period)
    sent, received = {"state": "sent"}, {"direction": Direction.IN.value}
    latest = latest_of(program=program, spec=spec, connection=connection)
    return Pulse(
        sent=Series(
            label=_("Events to %(title)s") % names,
            nothing=_("Nothing was sent."),
            chart=_chart(ended, period),
            lists=lists,
            filters=sent,
            failed_filters={"state": State.DEAD.value},
            latest=latest.sent,
        ),
        received=Series(
            label=_("Calls from %(title)s") % names,
            nothing=_("Nobody has called."),
            chart=_chart(answered, period),
            lists=lists,
            filters=received,
            failed_filters=received | {"outcome": "failed"},
            latest=latest.received,
        ),
    )


def _ended(program: Program, connection: Connection, period: Period) -> list[tuple[datetime, bool, int]]:
    figures = reading.outcomes(
        program=program,
        period=period,
        by=[Outcome.HOUR, Outcome.STATE],
        only={Outcome.CONNECTION: connection.pk},
    )
    return [(each.by[0], each.by[1] == State.DEAD, each.count) for each in figures if each.by[1] != State.FILTERED]


def _chart(found: Iterable[tuple[datetime, bool, int]], period: Period) -> BarChart:
    counts: Counter[tuple[datetime, str]] = Counter()
    for hour, is_failed, count in found:
        counts[hour, "failed" if is_failed else "good"] += count
    hours = [period.since + timedelta(hours=number) for number in range(HOURS)]
    return bar_chart(moments=hours, kinds=["good", "failed"], counts=counts)
