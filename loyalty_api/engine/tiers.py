"""Status levels: which one an account has, until when, and what its change says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from loyalty_api import contract
from loyalty_api.contract import EventType, Level, LevelStatus, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import models, records
from loyalty_api.engine.events import Scene, moment
from loyalty_api.engine.level_rules import find_level, level_status, reached_level
from loyalty_api.engine.months import add_months
from selfservice.programs.models import Program

LEVEL_FIELDS = ("level", "level_valid_to", "rating_level", "rating_level_valid_to", "earned_level")


def levels_of(program: Program) -> list[Level]:
    """Lowest first."""
    return [records.level(row) for row in models.Level.objects.filter(program=program).order_by("needed_status_points")]


def status_of(account: models.Account) -> LevelStatus:
    return level_status(
        levels_of(account.program),
        status_points=account.status_points,
        current=account.level,
        valid_to=account.rating_level_valid_to if account.rating_level else account.level_valid_to,
    )


def rating_level_of(account: models.Account) -> contract.RatingLevel:
    level = find_level(levels_of(account.program), account.rating_level) if account.rating_level else None
    return contract.RatingLevel(level=level, valid_to=account.rating_level_valid_to)


def settle_level(scene: Scene, *, before: str | None = None) -> list[LoyaltyEvent]:
    """Brings the account's level to what holds at the scene's moment: up at once, down when the level's time is over.

    The caller has locked the account and saves LEVEL_FIELDS. Returns the one event of a change, or nothing; `before` is
    the level to compare with, where the caller has changed the account's already.
    """
    account, now = scene.account, scene.now
    levels, before = levels_of(account.program), account.level if before is None else before
    earned = account.earned_level if account.rating_level else account.level
    is_gone = bool(account.rating_level) and find_level(levels, account.rating_level) is None
    if is_gone or (account.rating_level_valid_to and account.rating_level_valid_to <= now):
        account.rating_level, account.rating_level_valid_to = "", None
    held, reached = find_level(levels, earned), reached_level(levels, status_points=account.status_points)
    is_over = account.level_valid_to is not None and account.level_valid_to <= now
    if held is None or is_over or (reached and reached.needed_status_points > held.needed_status_points):
        earned = reached.id if reached else ""
        if is_over or reached != held:
            account.level_valid_to = _valid_to(account, reached, lowest=levels[0] if levels else None, now=now)
    account.level = account.rating_level or earned
    account.earned_level = earned if account.rating_level else ""
    return _told_of_change(scene, levels, before=before)


def _valid_to(account: models.Account, level: Level | None, *, lowest: Level | None, now: datetime) -> datetime | None:
    """The lowest level is held for good, as there is none below."""
    if level is None or level == lowest:
        return None
    rules = models.ProgramRules.objects.filter(program_id=account.program_id).only("level_validity_months").first()
    return add_months(now, rules.level_validity_months) if rules and rules.level_validity_months else None


def _told_of_change(scene: Scene, levels: Sequence[Level], *, before: str) -> list[LoyaltyEvent]:
    account = scene.account
    if account.level == before:
        return []
    old, new = find_level(levels, before), find_level(levels, account.level)
    floor = old.needed_status_points if old else -1
    data = {
        "oldLevel": old.name if old else before or None,
        "newLevel": new.name if new else None,
        "direction": "up" if new and new.needed_status_points > floor else "down",
    }
    valid_to = account.rating_level_valid_to if account.rating_level else account.level_valid_to
    if valid_to:
        data["validTo"] = moment(valid_to)
    return [scene.event(EventType.STATUS_LEVEL_CHANGED, data)]


@transaction.atomic
def save_levels(
    *,
    program: Program,
    levels: Sequence[Level],
    factors: Mapping[str, Decimal] | None = None,
    now: datetime | None = None,
) -> None:
    """Adds the levels, or changes those that the program has already; others stay. Accounts follow within minutes.
    `factors` by a level's id; without one it stays as it is.

    Raises LoyaltyError with LEVEL_THRESHOLD_TAKEN when two levels would begin at the same points.
    """
    wanted = {level.id: level for level in levels}
    before = {level.id: level for level in levels_of(program)}
    merged = before | wanted
    if len({level.needed_status_points for level in merged.values()}) < len(merged):
        raise LoyaltyError("LEVEL_THRESHOLD_TAKEN", "Two levels of a program cannot begin at the same status points.")
    for slug, level in wanted.items():
        fields: dict[str, Any] = {"name": level.name, "needed_status_points": level.needed_status_points}
        if factors and slug in factors:
            fields["factor"] = factors[slug]
        models.Level.objects.update_or_create(program=program, slug=slug, defaults=fields)
    if merged != before:
        note_changed_levels(program, now=now or timezone.now())


@transaction.atomic
def remove_level(*, program: Program, slug: str, now: datetime) -> None:
    """Members who hold it get, within minutes, the level that their status points reach.

    Raises NotFound with RATING_LEVEL_UNKNOWN, or LoyaltyError with LEVEL_IN_USE while a coupon is for this level.
    """
    if models.Coupon.objects.filter(program=program, state_level=slug).exists():
        raise LoyaltyError("LEVEL_IN_USE", "A coupon is for members of this level. Change the coupon first.")
    removed, _by_kind = models.Level.objects.filter(program=program, slug=slug).delete()
    if not removed:
        raise NotFound("RATING_LEVEL_UNKNOWN", "The program has no level of this name.")
    note_changed_levels(program, now=now)


def note_changed_levels(program: Program, *, now: datetime) -> None:
    """Makes the next run of `level_runs.settle_changed_levels` look at all accounts of the program."""
    models.ProgramRules.objects.update_or_create(program=program, defaults={"levels_changed_at": now})
