"""Which status level holds. Pure."""

from collections.abc import Sequence
from datetime import datetime

from loyalty_api.contract import Level, LevelStatus


def reached_level(levels: Sequence[Level], *, status_points: int) -> Level | None:
    """The highest level whose threshold is reached."""
    return next((level for level in reversed(levels) if level.needed_status_points <= status_points), None)


def find_level(levels: Sequence[Level], slug: str) -> Level | None:
    return next((level for level in levels if level.id == slug), None)


def level_status(
    levels: Sequence[Level], *, status_points: int, current: str, valid_to: datetime | None = None
) -> LevelStatus:
    """What the account holds; what it has reached where it holds nothing that there is."""
    level = find_level(levels, current) or reached_level(levels, status_points=status_points)
    floor = level.needed_status_points if level else -1
    above = next((other for other in levels if other.needed_status_points > floor), None)
    return LevelStatus(current=level, next=above, status_points=status_points, valid_to=valid_to)
