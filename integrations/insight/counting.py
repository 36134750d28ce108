"""Reads the counts of a period, in a fixed number of statements and none over the rows of a log."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from integrations.calls.models import Direction, is_failure
from integrations.connections.models import Connection
from integrations.delivery.models import State
from integrations.frame.places import Place
from integrations.insight.periods import Stretch
from integrations.keys.models import ApiKey
from integrations.statistics import reading
from integrations.statistics.reading import Call, Outcome
from selfservice.ui.bars import BarChart, bar_chart

ENDED = (State.DELIVERED.value, State.FILTERED.value, State.DEAD.value)
GOOD, FAILED = "good", "failed"
KeyT = TypeVar("KeyT")


@dataclass(slots=True)
class Calls:
    """Calls that are alike in something."""

    count: int = 0
    failed: int = 0
    units: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, *, status: int, bucket: int, count: int, units: int) -> None:
        self.count += count
        self.failed += count if is_failure(status) else 0
        self.units += units
        self.buckets[bucket] += count


@dataclass(slots=True)
class Ends:
    """Events that are alike in something, by how they ended."""

    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    twice: int = 0

    @property
    def total(self) -> int:
        return self.states.total()


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that the page shows of a period. `chart` of the events that ended, and one for each direction."""

    stretch: Stretch
    ended: BarChart
    calls: Mapping[str, BarChart]
    by_type: Mapping[str, Ends]
    by_direction: Mapping[str, Calls]
    by_endpoint: Mapping[tuple[str, str], Calls]
    by_key: Mapping[str, Calls]
    by_status: Mapping[tuple[str, int], Calls]
    key_names: Mapping[str, str]

    @property
    def ends(self) -> Ends:
        found = Ends()
        for each in self.by_type.values():
            found.states.update(each.states)
            found.reasons.update(each.reasons)
            found.twice += each.twice
        return found


def count_in(*, place: Place, connection: Connection | None, stretch: Stretch) -> Counted:
    detail = _call_detail(place, stretch)
    by_key = _summed((prefix, each) for (way, _name, prefix, _status), each in detail if way == Direction.IN)
    return Counted(
        stretch=stretch,
        ended=_ended_over_time(place, connection, stretch),
        calls=_calls_over_time(place, stretch),
        by_type=_ends_by_type(place, connection, stretch),
        by_direction=_summed((way, each) for (way, _name, _prefix, _status), each in detail),
        by_endpoint=_summed(((way, name), each) for (way, name, _prefix, _status), each in detail),
        by_key=by_key,
        # The list of a status holds the errors in its good answers too.
        by_status=_summed(((way, abs(status)), each) for (way, _name, _prefix, status), each in detail),
        key_names=dict(ApiKey.objects.filter(prefix__in=list(by_key)).values_list("prefix", "name")),
    )


def _call_detail(place: Place, stretch: Stretch) -> list[tuple[tuple[str, str, str, int], reading.Figure]]:
    by = [Call.DIRECTION, Call.ENDPOINT, Call.KEY, Call.STATUS, Call.BUCKET]
    only = {Call.KIND: place.spec.kind}
    found = reading.calls(program=place.program, period=stretch.period, by=by, only=only)
    return [((figure.by[0], figure.by[1], figure.by[2], figure.by[3]), figure) for figure in found]


def _summed(found: Iterable[tuple[KeyT, reading.Figure]]) -> dict[KeyT, Calls]:
    sums: defaultdict[KeyT, Calls] = defaultdict(Calls)
    for key, figure in found:
        *_names, status, bucket = figure.by
        sums[key].add(status=status, bucket=bucket, count=figure.count, units=figure.units)
    return dict(sums)


def _calls_over_time(place: Place, stretch: Stretch) -> dict[str, BarChart]:
    found = reading.calls(
        program=place.program,
        period=stretch.period,
        by=[Call.DAY if stretch.is_by_day else Call.HOUR, Call.DIRECTION, Call.STATUS],
        only={Call.KIND: place.spec.kind},
    )
    counts: dict[str, Counter[tuple[datetime, str]]] = {way: Counter() for way in Direction.values}
    for figure in found:
        step, way, status = figure.by
        if moment := stretch.moment_of.get(step):
            counts[way][moment, FAILED if is_failure(status) else GOOD] += figure.count
    return {
        way: bar_chart(moments=stretch.moments, kinds=(GOOD, FAILED), counts=counts[way]) for way in Direction.values
    }


def _ended_over_time(place: Place, connection: Connection | None, stretch: Stretch) -> BarChart:
    step = Outcome.DAY if stretch.is_by_day else Outcome.HOUR
    found = _outcomes(place, connection, stretch, (step, Outcome.STATE))
    ended = ((stretch.moment_of.get(figure.by[0]), figure.by[1], figure.count) for figure in found)
    counts = {(moment, state): count for moment, state, count in ended if moment}
    return bar_chart(moments=stretch.moments, kinds=ENDED, counts=counts)


def _ends_by_type(place: Place, connection: Connection | None, stretch: Stretch) -> dict[str, Ends]:
    sums: defaultdict[str, Ends] = defaultdict(Ends)
    for figure in _outcomes(place, connection, stretch, (Outcome.TYPE, Outcome.STATE, Outcome.REASON, Outcome.TWICE)):
        name, state, reason, is_maybe_twice = figure.by
        sums[name].states[state] += figure.count
        if reason:
            sums[name].reasons[state, reason] += figure.count
        sums[name].twice += figure.count if is_maybe_twice else 0
    return dict(sums)


def _outcomes(
    place: Place, connection: Connection | None, stretch: Stretch, by: tuple[Outcome, ...]
) -> list[reading.Figure]:
    if connection is None:
        return []
    only = {Outcome.CONNECTION: connection.pk}
    return reading.outcomes(program=place.program, period=stretch.period, by=by, only=only)
