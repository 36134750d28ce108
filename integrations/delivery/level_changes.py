"""Says of a level's change whether it goes up or down, where the platform that tells of it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loyalty_api.client.levels import level_ranks
from loyalty_api.contract import EventType, Json, LoyaltyEvent
from selfservice.programs.models import Program


def with_directions(program: Program, events: Sequence[LoyaltyEvent]) -> list[LoyaltyEvent]:
    """The events; changes between two levels of the program get `direction`, `up` or `down`, if they have none."""
    if not any(map(_is_open, events)):
        return list(events)
    ranks = level_ranks(program)
    return [_completed(event, ranks) if _is_open(event) else event for event in events]


def _is_open(event: LoyaltyEvent) -> bool:
    return event.type == EventType.STATUS_LEVEL_CHANGED and not event.data.get("direction")


def _completed(event: LoyaltyEvent, ranks: Mapping[str, int]) -> LoyaltyEvent:
    old, new = (_rank(event.data.get(name), ranks) for name in ("oldLevel", "newLevel"))
    if old is None or new is None or old == new:
        return event
    return replace(event, data={**event.data, "direction": "up" if new > old else "down"})


def _rank(level: Json, ranks: Mapping[str, int]) -> int | None:
    """No level is below every level; None for one that the program does not know."""
    if level in (None, ""):
        return -1
    return ranks.get(level.strip().casefold()) if isinstance(level, str) else None
