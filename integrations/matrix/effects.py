"""What a choice that is not saved would do to the newest events: mapped in memory with the old and with the new one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.delivery.front import map_guarded
from integrations.frame.causes import explained, in_a_sentence
from integrations.matrix.differences import Change, Kind, Line, change_of
from integrations.matrix.showing import Shown
from integrations.spec import IntegrationSpec
from loyalty_api.contract import LoyaltyEvent

EVENTS = 100
SHOWN_IDS = 3
# A page stays one that somebody can read.
SHOWN_GROUPS, SHOWN_LINES = 10, 8


@dataclass(frozen=True, slots=True)
class ShownLine:
    part: str
    name: str
    before: str
    after: str
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that are alike but for their values, with the values of the newest one."""

    kind: str
    type: str
    count: int
    reason: str
    lines: tuple[ShownLine, ...]
    further_lines: int
    event_ids: tuple[str, ...]

    @property
    def further(self) -> int:
        return self.count - len(self.event_ids)


@dataclass(frozen=True, slots=True)
class Effect:
    """Of `considered` events; each is counted in one of the numbers, or would stay as it is. `further_groups` are not
    shown."""

    considered: int
    changed: int
    failed: int
    ended: int
    begun: int
    groups: tuple[Group, ...]
    further_groups: int

    @property
    def same(self) -> int:
        return self.considered - self.changed - self.failed - self.ended - self.begun


def effect_of(
    *, spec: IntegrationSpec, before: Any, after: Any, events: Sequence[LoyaltyEvent], shown: Shown
) -> Effect:
    """`before` and `after` are configurations. Stores and sends nothing."""
    old, new = spec.mapper(before), spec.mapper(after)
    pairs = (
        (event, map_guarded(old, event, kind=spec.kind), map_guarded(new, event, kind=spec.kind)) for event in events
    )
    changes = [change for change in (change_of(*pair) for pair in pairs) if change]
    groups = _groups(changes)
    return Effect(
        considered=len(events),
        changed=_count(changes, Kind.CHANGED),
        failed=_count(changes, Kind.FAILED),
        ended=_count(changes, Kind.ENDED),
        begun=_count(changes, Kind.BEGUN),
        groups=tuple(_group(found, shown, spec) for found in groups[:SHOWN_GROUPS]),
        further_groups=max(0, len(groups) - SHOWN_GROUPS),
    )


def _count(changes: Iterable[Change], kind: Kind) -> int:
    return sum(change.kind == kind for change in changes)


def _groups(changes: Sequence[Change]) -> list[list[Change]]:
    """What fails comes first, then what is most."""
    alike: dict[Any, list[Change]] = {}
    for change in changes:
        alike.setdefault(_likeness(change), []).append(change)
    order = list(alike.values())
    order.sort(key=lambda found: (_RANKS.index(found[0].kind), -len(found)))
    return order


_RANKS = [Kind.FAILED, Kind.ENDED, Kind.CHANGED, Kind.BEGUN]


def _likeness(change: Change) -> tuple[object, ...]:
    lines = tuple((line.part, line.name, line.before.is_there, line.after.is_there) for line in change.lines)
    return (change.kind, change.event.type, change.reason, lines)


def _group(found: Sequence[Change], shown: Shown, spec: IntegrationSpec) -> Group:
    newest = found[0]
    return Group(
        kind=newest.kind.value,
        type=newest.event.type,
        count=len(found),
        reason=in_a_sentence(explained(spec=spec, reason=newest.reason)) if newest.reason else "",
        lines=tuple(_line(line, shown) for line in newest.lines[:SHOWN_LINES]),
        further_lines=max(0, len(newest.lines) - SHOWN_LINES),
        event_ids=tuple(change.event.event_id for change in found[:SHOWN_IDS]),
    )


def _line(line: Line, show: Callable[..., str]) -> ShownLine:
    return ShownLine(
        part=line.part.value,
        name=line.name,
        before=show(line.part, line.name, line.before.content),
        after=show(line.part, line.name, line.after.content),
        has_before=line.before.is_there,
        has_after=line.after.is_there,
    )
