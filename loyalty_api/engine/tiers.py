"""Status levels: which one an account has, and what its change says."""

from collections.abc import Sequence

from loyalty_api.contract import EventType, Level, LevelStatus, LoyaltyError, LoyaltyEvent
from loyalty_api.engine import models, records
from loyalty_api.engine.events import Scene
from selfservice.programs.models import Program


def levels_of(program: Program) -> list[Level]:
    """Lowest first."""
    return [records.level(row) for row in models.Level.objects.filter(program=program).order_by("needed_status_points")]


def effective_level(levels: Sequence[Level], *, status_points: int, current: str) -> Level | None:
    """The highest level whose threshold is reached, but never below the one the account holds already."""
    held = [level for level in levels if level.needed_status_points <= status_points or level.id == current]
    return held[-1] if held else None


def level_status(levels: Sequence[Level], *, status_points: int, current: str) -> LevelStatus:
    level = effective_level(levels, status_points=status_points, current=current)
    floor = level.needed_status_points if level else -1
    above = next((other for other in levels if other.needed_status_points > floor), None)
    return LevelStatus(current=level, next=above, status_points=status_points)


def apply_status_points(scene: Scene) -> list[LoyaltyEvent]:
    """Gives the account the level that its status points are worth; the caller has locked it and saves it.

    Returns the one event of a change, or nothing.
    """
    account = scene.account
    levels = levels_of(account.program)
    new = effective_level(levels, status_points=account.status_points, current=account.level)
    if new is None or new.id == account.level:
        return []
    old = next((level for level in levels if level.id == account.level), None)
    account.level = new.id
    data = {"oldLevel": old.name if old else None, "newLevel": new.name, "direction": "up"}
    return [scene.event(EventType.STATUS_LEVEL_CHANGED, data)]


def save_levels(*, program: Program, levels: Sequence[Level]) -> None:
    """Adds the levels, or changes those that the program has already; others stay. Runs in the caller's transaction.

    Raises LoyaltyError with LEVEL_THRESHOLD_TAKEN when two levels would begin at the same points.
    """
    wanted = {level.id: level for level in levels}
    merged = {level.id: level for level in levels_of(program)} | wanted
    if len({level.needed_status_points for level in merged.values()}) < len(merged):
        raise LoyaltyError("LEVEL_THRESHOLD_TAKEN", "Two levels of a program cannot begin at the same status points.")
    for slug, level in wanted.items():
        models.Level.objects.update_or_create(
            program=program,
            slug=slug,
            defaults={"name": level.name, "needed_status_points": level.needed_status_points},
        )
