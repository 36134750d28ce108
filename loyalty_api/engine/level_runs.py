"""Levels whose time is over, and accounts to look at again because the program's levels have changed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from loyalty_api.engine import accounts, events, tiers
from loyalty_api.engine.models import Account, ProgramRules
from loyalty_api.engine.months import add_months
from selfservice.programs.models import Program

BATCH = 500


def settle_due_levels(*, now: datetime) -> int:
    """Ends levels, earned or set by hand, whose time is over; says of how many accounts the level changed.

    Each account in a transaction of its own; may run twice at once.
    """
    due = Q(level_valid_to__lte=now) | Q(rating_level_valid_to__lte=now)
    return _settle_all(Account.objects.filter(due), now=now)


def settle_changed_levels(*, now: datetime) -> int:
    """Looks at all accounts of the programs whose levels, or whose levels' validity, have changed."""
    changed = 0
    for rules in ProgramRules.objects.exclude(levels_changed_at=None).select_related("program"):
        _spread_validity(rules, now=now)
        changed += _settle_all(_misplaced(rules.program), now=now)
        # Unless they changed again meanwhile.
        same = ProgramRules.objects.filter(pk=rules.pk, levels_changed_at=rules.levels_changed_at)
        same.update(levels_changed_at=None)
    return changed


def _misplaced(program: Program) -> QuerySet[Account]:
    """Accounts that have reached a level above theirs, or hold one that there is no more."""
    levels = tiers.levels_of(program)
    known = [level.id for level in levels]
    found = ~Q(level__in=known) & ~Q(level="")
    for place, level in enumerate(levels):
        above = [level.id for level in levels[place:]]
        found |= Q(status_points__gte=level.needed_status_points) & ~Q(level__in=above) & ~Q(earned_level__in=above)
    return Account.objects.filter(found, program=program)


def _spread_validity(rules: ProgramRules, *, now: datetime) -> None:
    """A validity that is new begins now for who holds a level for good; one that was given up ends for nobody."""
    rows = Account.objects.filter(program_id=rules.program_id)
    if not rules.level_validity_months:
        rows.exclude(level_valid_to=None).update(level_valid_to=None)
        return
    above_lowest = [level.id for level in tiers.levels_of(rules.program)[1:]]
    held = Q(rating_level="", level__in=above_lowest) | Q(earned_level__in=above_lowest)
    rows.filter(held, level_valid_to=None).update(level_valid_to=add_months(now, rules.level_validity_months))


def _settle_all(rows: QuerySet[Account], *, now: datetime) -> int:
    changed, last = 0, ""
    while batch := list(rows.filter(id__gt=last).select_related("program").order_by("id")[:BATCH]):
        changed += sum(_settle(row.program, row.id, now=now) for row in batch)
        last = batch[-1].id
    return changed


def _settle(program: Program, account_id: str, *, now: datetime) -> int:
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        told = tiers.settle_level(events.owner_scene(account, now=now))
        account.save(update_fields=tiers.LEVEL_FIELDS)
        events.emit(program=program, events=told)
    return len(told)
