"""A level set by hand, which counts instead of the one that status points have earned."""

from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import Level, LoyaltyError
from loyalty_api.engine import accounts, events, tiers
from loyalty_api.engine.models import Account
from selfservice.programs.models import Program


def get_rating_level(*, program: Program, account_id: str) -> contract.RatingLevel:
    return tiers.rating_level_of(_with_program(program, accounts.find_account(program=program, account_id=account_id)))


def set_rating_level(
    *, program: Program, account_id: str, level: str, now: datetime, valid_to: datetime | None = None
) -> contract.RatingLevel:
    """`level` is an id or a name. Raises NotFound, or LoyaltyError: RATING_LEVEL_UNKNOWN, VALIDITY_INVALID."""
    found = _level_named(program, level)
    if valid_to is not None and valid_to <= now:
        raise LoyaltyError("VALIDITY_INVALID", "A level can be set until a later moment only.")
    return _change(program, account_id, slug=found.id, valid_to=valid_to, now=now)


def remove_rating_level(*, program: Program, account_id: str, now: datetime) -> contract.RatingLevel:
    """Returns to the earned level; nothing happens to an account that has no level set."""
    return _change(program, account_id, slug="", valid_to=None, now=now)


def _change(
    program: Program, account_id: str, *, slug: str, valid_to: datetime | None, now: datetime
) -> contract.RatingLevel:
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        before = account.level
        earned = account.earned_level if account.rating_level else account.level
        account.level = earned
        account.rating_level, account.rating_level_valid_to = slug, valid_to
        account.earned_level = earned if slug else ""
        told = tiers.settle_level(events.owner_scene(account, now=now), before=before)
        account.save(update_fields=tiers.LEVEL_FIELDS)
        events.emit(program=program, events=told)
        return tiers.rating_level_of(account)


def _level_named(program: Program, name: str) -> Level:
    wanted = name.strip().casefold()
    for level in tiers.levels_of(program):
        if wanted in (level.id.casefold(), level.name.casefold()):
            return level
    raise LoyaltyError("RATING_LEVEL_UNKNOWN", "The program has no level of this name.")


def _with_program(program: Program, account: Account) -> Account:
    account.program = program
    return account
