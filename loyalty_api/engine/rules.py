"""A program's rules: read, changed, and asked whether an anonymous account may do something."""

from datetime import datetime

from django.db import transaction

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.models import Account, Membership, ProgramRules
from selfservice.programs.models import Program

_EXPIRY_FIELDS = ("expiry_kind", "expiry_day", "expiry_months")


def rules_of(program: Program) -> ProgramRules:
    """The defaults, unsaved, for a program that decided nothing."""
    return ProgramRules.objects.filter(program=program).first() or ProgramRules(program=program)


@transaction.atomic
def save_rules(*, rules: ProgramRules, now: datetime) -> ProgramRules:
    """Raises django's ValidationError. A new way of expiring spares what would have fallen due before now."""
    rules.full_clean(exclude=["program"])
    before = ProgramRules.objects.select_for_update().filter(program_id=rules.program_id).first()
    if before is not None:
        rules.pk, rules.expiry_since = before.pk, before.expiry_since
        rules.expiry_planned_through, rules.levels_changed_at = before.expiry_planned_through, before.levels_changed_at
    former = before or ProgramRules()
    if any(getattr(rules, field) != getattr(former, field) for field in _EXPIRY_FIELDS):
        rules.expiry_since, rules.expiry_planned_through = now, None
    if rules.level_validity_months != former.level_validity_months:
        rules.levels_changed_at = now
    rules.save(force_insert=before is None, force_update=before is not None)
    return rules


def require_member_to_earn(account: Account) -> None:
    """Raises LoyaltyError with MEMBERSHIP_REQUIRED where the program wants a member behind who earns."""
    _require_member(account, may="anonymous_earn")


def require_member_to_burn(account: Account) -> None:
    """As `require_member_to_earn`, for who spends."""
    _require_member(account, may="anonymous_burn")


def _require_member(account: Account, *, may: str) -> None:
    refused = ProgramRules.objects.filter(program_id=account.program_id, **{may: False})
    if refused.exists() and not Membership.objects.filter(account_id=account.id).exists():
        raise LoyaltyError("MEMBERSHIP_REQUIRED", "Only an account with a member may do this in this program.")
