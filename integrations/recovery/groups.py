"""What failed, or was not sent, grouped by cause. All numbers come from counters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from integrations.connections.models import Connection
from integrations.delivery import ended
from integrations.delivery.models import State
from integrations.frame.causes import explained
from integrations.shown import Explained
from integrations.statistics.undelivered import Undelivered, undelivered

# More would hide what matters; the rest is summed up.
SHOWN = 60


@dataclass(slots=True)
class Group:
    """Events with one cause. `key` names the cause in addresses."""

    key: str
    cause: str
    words: Explained
    first_day: date
    last_day: date
    events: int = 0
    maybe_twice: int = 0
    types: list[tuple[str, int]] = field(default_factory=list)
    oldest: datetime | None = None
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The groups of one state, most events first; `rest` events are of causes that are not shown."""

    groups: list[Group]
    events: int
    rest: int = 0
    rest_causes: int = 0


def key_of(cause: str) -> str:
    return sha256(cause.encode()).hexdigest()[:12]


def overview_of(*, connection: Connection, figures: Sequence[Undelivered], state: State) -> Overview:
    groups = _grouped(connection, figures, state)
    shown = groups[:SHOWN]
    spans = ended.spans(
        connection=connection, state=state, causes=[(each.cause, each.first_day, each.last_day) for each in shown]
    )
    for group in shown:
        if span := spans.get(group.cause):
            group.oldest, group.newest = span.oldest, span.newest
    rest = groups[SHOWN:]
    return Overview(shown, sum(each.events for each in groups), sum(each.events for each in rest), len(rest))


def find_group(*, connection: Connection, state: State, key: str) -> Group | None:
    """The cause that an address names; None when no event has it any more."""
    figures = undelivered(connection=connection)
    return next((each for each in _grouped(connection, figures, state) if each.key == key), None)


def total(figures: Sequence[Undelivered], state: State) -> int:
    return sum(each.events for each in figures if each.state == state)


def _grouped(connection: Connection, figures: Sequence[Undelivered], state: State) -> list[Group]:
    groups: dict[str, Group] = {}
    for each in figures:
        if each.state != state:
            continue
        group = groups.get(each.cause)
        if group is None:
            words = explained(spec=connection.spec, reason=each.cause)
            group = Group(key_of(each.cause), each.cause, words, each.first_day, each.last_day)
            groups[each.cause] = group
        group.events += each.events
        group.maybe_twice += each.maybe_twice
        group.types.append((each.type, each.events))
        group.first_day = min(group.first_day, each.first_day)
        group.last_day = max(group.last_day, each.last_day)
    return sorted(groups.values(), key=lambda group: (-group.events, group.cause))
