"""Coupons in the hands of accounts: assigned, read and activated."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import EventType, LoyaltyError
from loyalty_api.engine import accounts, coupon_records, events
from loyalty_api.engine.coupon_definitions import coupon_not_found, find_coupon, require_order
from loyalty_api.engine.coupon_models import CouponStatus
from loyalty_api.engine.coupon_rules import ACTIVE, INACTIVE, Holding
from loyalty_api.engine.identity import account_coupon_id, parse_account_coupon_id
from loyalty_api.engine.models import Account, AccountCoupon, AssignmentReference, Coupon
from loyalty_api.engine.rule_models import AssignmentPolicy
from loyalty_api.engine.rules import rules_of
from selfservice.database import rows
from selfservice.programs.models import Program

# The coupons that an account can reach, each with the account's own row of it. One for everybody is held by nobody
# before it is activated, nor while it is paused, nor after its end; what was assigned stays with its member.
_REACHABLE = rows.statement(
    """
SELECT {c}, {p}
  FROM engine_coupon c LEFT JOIN engine_accountcoupon p ON p.coupon_id = c.id AND p.account_id = %(account)s
 WHERE c.program_id = %(program)s AND c.deleted_at IS NULL
   AND (c.assignation_type = 'ALL' AND c.status = 'ACTIVE' OR p.assignments > 0)""",
    c=Coupon,
    p=AccountCoupon,
)


def assign_coupon(
    *,
    program: Program,
    account_id: str,
    coupon_id: str,
    now: datetime,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    campaign_id: str = "",
    reference: str = "",
) -> contract.AccountCoupon:
    """Gives the account the coupon; once more, when it has it already, which raises what it may redeem, or changes
    nothing and is told to nobody, as the program's rules say.

    A `reference` of the caller's own acts once for the account and the coupon. A window given here narrows the
    coupon's own and replaces that of an earlier assignment. Raises NotFound, or LoyaltyError: COUPON_NOT_ACTIVATED,
    ACCOUNT_LOCKED, VALIDITY_INVALID.
    """
    require_order(valid_from, valid_to)
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        coupon = find_coupon(program, coupon_id)
        require_coupon_active(coupon)
        accounts.require_active(account)
        before = holding_of(account, coupon)
        is_repeat = bool(reference) and not _take_reference(before, reference)
        if is_repeat or (before.pair and before.pair.assignments and _is_ignored(program)):
            return coupon_records.account_coupon(before, now=now)
        pair = _raise_assignments(before, valid_from=valid_from, valid_to=valid_to, now=now)
        holding = Holding(coupon=coupon, account=account, pair=pair)
        require_order(holding.valid_from, holding.valid_to)
        data = events.coupon_data(
            coupon,
            account_coupon_id=account_coupon_id(coupon_id=coupon.id, account_id=account.id),
            valid_from=holding.valid_from,
            valid_to=holding.valid_to,
            campaign_id=campaign_id,
        )
        scene = events.owner_scene(account, now=now)
        events.emit(program=program, events=[scene.event(EventType.COUPON_ASSIGNED, data)])
    return coupon_records.account_coupon(holding, now=now)


def set_activation(
    *, program: Program, account_coupon_id: str, activated: bool, now: datetime
) -> contract.AccountCoupon:
    """The member's choice, which can be taken back. Repeating it changes nothing.

    Raises NotFound, or LoyaltyError: COUPON_NOT_ACTIVATED, ACCOUNT_LOCKED, COUPON_NOT_ASSIGNED_ACCOUNT,
    COUPON_NOT_ACTIVATABLE.
    """
    parsed = parse_account_coupon_id(account_coupon_id)
    if parsed is None:
        raise coupon_not_found()
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=parsed.account_id)
        holding = holding_of(account, find_coupon(program, parsed.coupon_id))
        require_coupon_active(holding.coupon)
        accounts.require_active(account)
        require_reachable(holding)
        if not holding.coupon.activatable:
            raise LoyaltyError("COUPON_NOT_ACTIVATABLE", "This coupon needs no activation.")
        pair = holding.pair or AccountCoupon(coupon=holding.coupon, account=account)
        if pair.is_activated != activated:
            pair.is_activated = activated
            pair.activated_at = now if activated else pair.activated_at
            pair.save()
    return coupon_records.account_coupon(Holding(coupon=holding.coupon, account=account, pair=pair), now=now)


def list_account_coupons(*, program: Program, account_id: str, now: datetime) -> list[contract.AccountCoupon]:
    """All that the account can reach, whether it can be redeemed or not."""
    account = accounts.find_account(program=program, account_id=account_id)
    return [coupon_records.account_coupon(holding, now=now) for holding in holdings_of(account)]


def coupons_assigned_for(
    *, program: Program, account_id: str, reference: str, now: datetime
) -> list[contract.AccountCoupon]:
    """What was assigned to the account under a caller's reference."""
    account = accounts.find_account(program=program, account_id=account_id)
    found = AssignmentReference.objects.filter(account=account, reference=reference)
    ids = list(found.values_list("coupon_id", flat=True))
    if not ids:
        return []
    holdings = holdings_of(account, where="c.id = ANY(%(coupons)s)", coupons=ids)
    return [coupon_records.account_coupon(holding, now=now) for holding in holdings]


def redeemable_coupons(
    *, program: Program, account_id: str, now: datetime, include_activatable: bool = False
) -> list[contract.AccountCoupon]:
    """What the account can redeem now, or what a receipt of it would use; on request also what only lacks the member's
    activation.
    """
    account = accounts.find_account(program=program, account_id=account_id)
    holdings = holdings_of(account, where="c.status = 'ACTIVE'")
    found = [coupon_records.account_coupon(holding, now=now) for holding in holdings]
    return [
        coupon for coupon in found if coupon.status == ACTIVE or (include_activatable and coupon.status != INACTIVE)
    ]


def get_account_coupon(*, program: Program, account_coupon_id: str, now: datetime) -> contract.AccountCoupon:
    parsed = parse_account_coupon_id(account_coupon_id)
    if parsed is None:
        raise coupon_not_found()
    account = accounts.find_account(program=program, account_id=parsed.account_id)
    holding = next(iter(holdings_of(account, where="c.id = %(coupon)s", coupon=parsed.coupon_id)), None)
    if holding is None:
        raise coupon_not_found()
    return coupon_records.account_coupon(holding, now=now)


def holdings_of(account: Account, *, where: LiteralString = "", **values: object) -> list[Holding]:
    """The coupons that the account can reach, in one statement, newest first.

    `where` narrows them down: SQL over the coupon `c`, with the named values.
    """
    condition = f" AND {where}" if where else ""
    asked = values | {"account": account.id, "program": account.program_id}
    found = rows.read(f"{_REACHABLE}{condition} ORDER BY c.id DESC", asked)
    return [_holding(account, row) for row in found]


def _holding(account: Account, row: Sequence[Any]) -> Holding:
    ends = rows.width(Coupon)
    pair = None if row[ends] is None else rows.made(AccountCoupon, row[ends:])
    return Holding(coupon=rows.made(Coupon, row[:ends]), account=account, pair=pair)


def holding_of(account: Account, coupon: Coupon) -> Holding:
    """Whether the account can reach the coupon or not."""
    pair = AccountCoupon.objects.filter(coupon=coupon, account=account).first()
    return Holding(coupon=coupon, account=account, pair=pair)


def require_coupon_active(coupon: Coupon) -> None:
    if coupon.status != CouponStatus.ACTIVE:
        raise LoyaltyError("COUPON_NOT_ACTIVATED", "The coupon is not active.")


def require_reachable(holding: Holding) -> None:
    if not holding.is_reachable:
        raise LoyaltyError("COUPON_NOT_ASSIGNED_ACCOUNT", "The coupon was not assigned to this account.")


def _is_ignored(program: Program) -> bool:
    """Whether the program has a repeated assignment change nothing."""
    return rules_of(program).assignment_policy == AssignmentPolicy.IGNORE


def _take_reference(holding: Holding, reference: str) -> bool:
    """Says whether the reference is new. The account is locked, so nobody else takes it meanwhile."""
    _row, is_new = AssignmentReference.objects.get_or_create(
        account=holding.account, reference=reference, coupon=holding.coupon
    )
    return is_new


def _raise_assignments(
    before: Holding, *, valid_from: datetime | None, valid_to: datetime | None, now: datetime
) -> AccountCoupon:
    """The account is locked, so nobody else writes this pair."""
    pair = before.pair or AccountCoupon(coupon=before.coupon, account=before.account)
    pair.assignments += 1
    pair.assigned_at = now
    if valid_from or valid_to:
        pair.valid_from, pair.valid_to = valid_from, valid_to
    pair.save()
    return pair
