"""What the stored thresholds would have told of within the last days, hour by hour and from the counts alone: by those
rules that read nothing else."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.alerts.figures import Figures, Share
from integrations.alerts.measuring import Verdict, measure
from integrations.alerts.models import AlertSettings, Rule
from integrations.alerts.usual import WEEKS, first_hours, usual_at
from integrations.calls.models import Direction, is_failure
from integrations.connections.models import Connection
from integrations.delivery.models import State
from integrations.statistics import reading
from integrations.statistics.reading import Call, Outcome, Period
from selfservice.programs.models import Program

DAYS = 7
RULES = (Rule.ERRORS, Rule.SILENCE, Rule.DEAD)
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Episode:
    """From one hour to the end of another a rule would have had something to tell."""

    title: str
    rule: Rule
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class _Past:
    """Of one connection, by the hour: calls by direction, events by how they ended, and when the first ever did."""

    zone: str
    first: datetime | None
    calls: Mapping[tuple[str, datetime], Share]
    events: Mapping[tuple[str, datetime], int]

    def figures(self, settings: AlertSettings, hour: datetime) -> Figures:
        """As they were when that hour was over."""
        since = hour - settings.errors_hours * _HOUR
        window = _hours(since, hour)
        day = _hours(hour - _DAY + _HOUR, hour)
        failed = sum(self._ended(State.DEAD, at) for at in window)
        return Figures(
            status="active",
            since=since,
            hour=hour,
            requests=self._calls(Direction.OUT, window),
            received=self._calls(Direction.IN, window),
            events=Share(failed, failed + sum(self._ended(State.DELIVERED, at) for at in window)),
            dead_lately=sum(self._ended(State.DEAD, at) for at in day),
            came=self._came(hour),
            usual=usual_at(hour, zone=self.zone, first=self.first, came=lambda _week, at: self._came(at)),
        )

    def _calls(self, direction: str, hours: list[datetime]) -> Share:
        found = [self.calls.get((direction, at), Share()) for at in hours]
        return Share(sum(each.failed for each in found), sum(each.total for each in found))

    def _ended(self, state: str, hour: datetime) -> int:
        return self.events.get((state, hour), 0)

    def _came(self, hour: datetime) -> int:
        return sum(self._ended(state, hour) for state in State.values)


def look_back(*, program: Program, settings: AlertSettings, now: datetime) -> list[Episode]:
    """The newest first."""
    running = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = _hours(running - DAYS * _DAY, running - _HOUR)
    connections = list(Connection.objects.filter(program=program).defer("secrets"))
    first = first_hours(connections)
    found: list[Episode] = []
    for connection in connections:
        past = _past(program, connection, hours, first.get(connection.pk))
        found += _episodes(connection, past, settings, hours)
    return sorted(found, key=lambda each: each.since, reverse=True)


def _past(program: Program, connection: Connection, hours: list[datetime], first: datetime | None) -> _Past:
    until = hours[-1] + _HOUR
    calls = reading.calls(
        program=program,
        period=Period(hours[0] - _DAY, until),
        by=[Call.DIRECTION, Call.HOUR, Call.STATUS],
        only={Call.KIND: connection.kind},
    )
    # A day more, for clocks that were put back.
    ended = reading.outcomes(
        program=program,
        period=Period(hours[0] - WEEKS * _WEEK - _DAY, until),
        by=[Outcome.STATE, Outcome.HOUR],
        only={Outcome.CONNECTION: connection.pk},
    )
    totals: Counter[tuple[str, datetime]] = Counter()
    failed: Counter[tuple[str, datetime]] = Counter()
    for figure in calls:
        direction, hour, status = figure.by
        totals[direction, hour] += figure.count
        failed[direction, hour] += figure.count if is_failure(status) else 0
    shares = {key: Share(failed[key], total) for key, total in totals.items()}
    events = {(state, hour): each.count for each in ended for state, hour in [each.by]}
    return _Past(program.timezone, first, shares, events)


def _episodes(connection: Connection, past: _Past, settings: AlertSettings, hours: list[datetime]) -> list[Episode]:
    rules = [rule for rule in RULES if settings.is_on(rule)]
    begun: dict[Rule, datetime] = {}
    found: list[Episode] = []
    for hour in hours:
        figures = past.figures(settings, hour)
        for rule in rules:
            verdict = measure(rule, figures=figures, settings=settings, now=hour + _HOUR).verdict
            if verdict is Verdict.BAD:
                begun.setdefault(rule, hour)
            elif verdict is Verdict.GOOD and rule in begun:
                found.append(Episode(connection.spec.title, rule, begun.pop(rule), hour))
    rest = hours[-1] + _HOUR
    return [*found, *(Episode(connection.spec.title, rule, since, rest) for rule, since in begun.items())]


def _hours(first: datetime, last: datetime) -> list[datetime]:
    """Both of them and what lies between."""
    return [first + number * _HOUR for number in range((last - first) // _HOUR + 1)]
