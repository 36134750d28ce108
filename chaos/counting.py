"""Counts: what was sent and acknowledged against what “Braze” received and what the product says became of it. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaos.book import Sent
from chaos.journal import Arrival

OBJECTS_PER_REQUEST = 75


@dataclass(frozen=True, slots=True)
class Ended:
    """How the product says that one event ended on one connection."""

    event_id: str
    state: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """All but the first five and the marks must be nought. `marks` may reach what ambiguous requests allow."""

    accepted: int
    delivered: int
    dead: int
    filtered: int
    objects: int
    lost: int
    phantom: int
    wrong_program: int
    out_of_order: int
    stale: int
    twice_unmarked: int
    twice_marked: int
    not_once: int
    wrongly_dead: int
    marks: int
    marks_allowed: int

    @property
    def faults(self) -> Mapping[str, int]:
        """What should not be, by name."""
        found = {name: getattr(self, name) for name in MUST_BE_NOUGHT}
        found["too_many_marks"] = max(0, self.marks - self.marks_allowed)
        return {name: count for name, count in found.items() if count}


MUST_BE_NOUGHT = (
    "lost",
    "phantom",
    "wrong_program",
    "out_of_order",
    "stale",
    "twice_unmarked",
    "not_once",
    "wrongly_dead",
)


def count(
    *,
    sent: Mapping[str, Sent],
    arrivals: Sequence[Arrival],
    ended: Sequence[Ended],
    key_ends: Mapping[int, Collection[str]],
    marks: int,
    ambiguous_requests: int,
    may_come_again: bool = False,
) -> Counts:
    """`key_ends`: by which keys each program's objects may arrive. `marks` is the product's own number.

    `may_come_again`: the product was set back, and cannot know of what it sends a second time.
    """
    took_effect = [arrival for arrival in arrivals if arrival.took_effect]
    named = [arrival for arrival in took_effect if arrival.event_id is not None]
    states: dict[str, list[Ended]] = defaultdict(list)
    for ending in ended:
        states[ending.event_id].append(ending)
    accepted = [event for event in sent.values() if event.acknowledged_at is not None]
    dead = {ending.event_id for ending in ended if ending.state == "dead"}
    unmarked, marked = _copies(named, {ending.event_id for ending in ended if ending.is_marked})
    tally = Counter(ending.state for ending in ended if ending.event_id in sent)
    return Counts(
        accepted=len(accepted),
        delivered=tally["delivered"],
        dead=tally["dead"],
        filtered=tally["filtered"],
        objects=len(took_effect),
        lost=_lost(accepted, named, states),
        phantom=sum(arrival.event_id not in sent for arrival in named),
        wrong_program=_wrong_program(sent, arrivals, key_ends),
        out_of_order=_out_of_order(sent, named),
        stale=_stale(sent, took_effect, dead),
        twice_unmarked=0 if may_come_again else unmarked,
        twice_marked=marked + unmarked if may_come_again else marked,
        not_once=sum(len(states[event.event_id]) != 1 for event in accepted),
        wrongly_dead=_wrongly_dead(sent, arrivals, dead),
        marks=marks,
        marks_allowed=OBJECTS_PER_REQUEST * ambiguous_requests,
    )


def _lost(accepted: Iterable[Sent], named: Iterable[Arrival], states: Mapping[str, Sequence[Ended]]) -> int:
    """Acknowledged, but neither with Braze nor in a counted state; or called delivered, and not there."""
    there: dict[str, set[str]] = defaultdict(set)
    for arrival in named:
        there[arrival.event_id or ""].add(arrival.array)
    lost = 0
    for event in accepted:
        if any(ending.state in ("dead", "filtered") for ending in states.get(event.event_id, ())):
            continue
        wanted = {"events", "purchases"} if event.has_purchase else {"events"}
        lost += not wanted <= there[event.event_id] and not event.may_die
    return lost


def _wrong_program(sent: Mapping[str, Sent], arrivals: Iterable[Arrival], ends: Mapping[int, Collection[str]]) -> int:
    wrong = 0
    for arrival in arrivals:
        event = sent.get(arrival.event_id or "")
        wrong += event is not None and (arrival.key_end not in ends[event.program] or arrival.account != event.account)
    return wrong


def _copies(named: Iterable[Arrival], marked: Collection[str]) -> tuple[int, int]:
    """Second and later copies: of events without the mark, and of events with it."""
    counts = Counter((arrival.array, arrival.event_id) for arrival in named)
    spare = [(event_id, number - 1) for (_, event_id), number in counts.items() if number > 1]
    with_mark = sum(number for event_id, number in spare if event_id in marked)
    return sum(number for _, number in spare) - with_mark, with_mark


def _out_of_order(sent: Mapping[str, Sent], named: Iterable[Arrival]) -> int:
    """First receipts whose place in their account is not above that of the one before."""
    last: dict[tuple[str, str], int] = {}
    seen: set[tuple[str, str]] = set()
    wrong = 0
    for arrival in sorted(named, key=lambda each: each.order):
        event = sent.get(arrival.event_id or "")
        if event is None or (arrival.array, event.event_id) in seen:
            continue
        seen.add((arrival.array, event.event_id))
        lane = (arrival.array, event.account)
        wrong += event.place <= last.get(lane, 0)
        last[lane] = max(event.place, last.get(lane, 0))
    return wrong


def _wrongly_dead(sent: Mapping[str, Sent], arrivals: Iterable[Arrival], dead: Iterable[str]) -> int:
    """Dead, though nothing was wrong with them and “Braze” has not refused them."""
    excused = {arrival.event_id for arrival in arrivals if arrival.may_be_called_dead}
    return sum(event_id in sent and not sent[event_id].may_die and event_id not in excused for event_id in dead)


def _stale(sent: Mapping[str, Sent], took_effect: Iterable[Arrival], dead: Collection[str]) -> int:
    """Accounts whose balance in Braze is older than that of their last event that was taken.

    An event may be refused and its balance, an object of its own, be taken: then the profile is newer than that.
    """
    told: dict[str, int] = {}
    for arrival in sorted(took_effect, key=lambda each: each.order):
        if arrival.points is not None:
            told[arrival.account] = arrival.points
    with_points = [event for event in sent.values() if event.points is not None and event.acknowledged_at is not None]
    last: dict[str, tuple[int, int]] = {}
    for event in with_points:
        if event.event_id not in dead:
            last[event.account] = max(last.get(event.account, (0, 0)), (event.place, event.points or 0))
    newer: dict[str, set[int]] = defaultdict(set)
    for event in with_points:
        if event.event_id in dead and event.place > last.get(event.account, (0, 0))[0]:
            newer[event.account].add(event.points or 0)
    return sum(told.get(account) not in {points, *newer[account]} for account, (_place, points) in last.items())
