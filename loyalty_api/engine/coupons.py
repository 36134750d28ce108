"""Coupons: defined once, held by accounts."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import FilteredRelation, Q

from loyalty_api import contract
from loyalty_api.contract import CouponText, EventType, LoyaltyError, NotFound
from loyalty_api.engine import accounts, events, records
from loyalty_api.engine.coupon_models import AssignationType, CouponStatus
from loyalty_api.engine.coupon_rules import ACTIVE, INACTIVE, Holding, status_of
from loyalty_api.engine.identity import account_coupon_id, parse_account_coupon_id
from loyalty_api.engine.models import Account, AccountCoupon, Coupon
from selfservice.programs.models import Program

# The name under which a query carries the account's own row of a coupon.
_PAIR: str = "pair"


class CouponFields(TypedDict, total=False):
    """The optional part of a definition."""

    status: str
    value: int
    assignation_type: str
    external_code: str
    external_reference: str
    valid_from: datetime | None
    valid_to: datetime | None
    max_redeem_count: int
    max_redeem_count_global: int
    activatable: bool
    state_level: str
    image_url: str


def create_coupon(
    *,
    program: Program,
    name: str,
    usage_type: str,
    now: datetime,
    texts: Mapping[str, CouponText] | None = None,
    **fields: Unpack[CouponFields],
) -> contract.Coupon:
    """Raises LoyaltyError with VALIDITY_INVALID when the window ends before it begins."""
    _require_order(fields.get("valid_from"), fields.get("valid_to"))
    stored = {
        language: {
            "title": text.title,
            "subTitle": text.sub_title,
            "description": text.description,
            "bookingText": text.booking_text,
        }
        for language, text in (texts or {}).items()
    }
    row = Coupon.objects.create(
        program=program, name=name, usage_type=usage_type, texts=stored, created_at=now, **fields
    )
    return records.coupon(row, program_code=program.code)


def get_coupon(*, program: Program, coupon_id: str) -> contract.Coupon:
    return records.coupon(_find_coupon(program, coupon_id), program_code=program.code)


def list_coupons(*, program: Program, limit: int, offset: int = 0) -> list[contract.Coupon]:
    """Newest first."""
    rows = Coupon.objects.filter(program=program).order_by("-id")[offset : offset + limit]
    return [records.coupon(row, program_code=program.code) for row in rows]


def count_coupons(*, program: Program) -> int:
    return Coupon.objects.filter(program=program).count()


def assign_coupon(
    *,
    program: Program,
    account_id: str,
    coupon_id: str,
    now: datetime,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    campaign_id: str = "",
) -> contract.AccountCoupon:
    """Gives the account the coupon; once more, when it has it already, which raises what it may redeem.

    A window given here narrows the coupon's own and replaces that of an earlier assignment. Raises NotFound, or
    LoyaltyError: COUPON_NOT_ACTIVATED, ACCOUNT_LOCKED, VALIDITY_INVALID.
    """
    _require_order(valid_from, valid_to)
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        coupon = _find_coupon(program, coupon_id)
        if coupon.status != CouponStatus.ACTIVE:
            raise LoyaltyError("COUPON_NOT_ACTIVATED", "The coupon is not active, so it cannot be assigned.")
        accounts.require_active(account)
        pair = _raise_assignments(coupon, account, valid_from=valid_from, valid_to=valid_to, now=now)
        holding = Holding(coupon=coupon, account=account, pair=pair)
        _require_order(holding.valid_from, holding.valid_to)
        data = events.coupon_data(
            coupon,
            account_coupon_id=account_coupon_id(coupon_id=coupon.id, account_id=account.id),
            valid_from=holding.valid_from,
            valid_to=holding.valid_to,
            campaign_id=campaign_id,
        )
        scene = events.owner_scene(account, now=now)
        events.emit(program=program, events=[scene.event(EventType.COUPON_ASSIGNED, data)])
    return _account_coupon(holding, now=now)


def list_account_coupons(*, program: Program, account_id: str, now: datetime) -> list[contract.AccountCoupon]:
    """All that the account can reach, whether it can be redeemed or not."""
    account = accounts.find_account(program=program, account_id=account_id)
    return [_account_coupon(holding, now=now) for holding in holdings_of(account)]


def redeemable_coupons(
    *, program: Program, account_id: str, now: datetime, include_activatable: bool = False
) -> list[contract.AccountCoupon]:
    """What the account can redeem now; on request also what only lacks the member's activation."""
    account = accounts.find_account(program=program, account_id=account_id)
    found = [_account_coupon(holding, now=now) for holding in holdings_of(account, Q(status=CouponStatus.ACTIVE))]
    return [
        coupon for coupon in found if coupon.status == ACTIVE or (include_activatable and coupon.status != INACTIVE)
    ]


def get_account_coupon(*, program: Program, account_coupon_id: str, now: datetime) -> contract.AccountCoupon:
    parsed = parse_account_coupon_id(account_coupon_id)
    if parsed is None:
        raise coupon_not_found()
    account = accounts.find_account(program=program, account_id=parsed.account_id)
    holding = next(iter(holdings_of(account, Q(id=parsed.coupon_id))), None)
    if holding is None:
        raise coupon_not_found()
    return _account_coupon(holding, now=now)


def holdings_of(account: Account, *conditions: Q) -> list[Holding]:
    """The coupons that the account can reach, in one query, newest first."""
    pair = FilteredRelation("account_coupons", condition=Q(account_coupons__account_id=account.id))
    coupons = (
        Coupon.objects.filter(*conditions, program_id=account.program_id)
        .annotate(**{_PAIR: pair})
        .filter(Q(assignation_type=AssignationType.ALL) | Q(pair__assignments__gt=0))
        .select_related(_PAIR)
        .order_by("-id")
    )
    return [Holding(coupon=coupon, account=account, pair=getattr(coupon, _PAIR, None)) for coupon in coupons]


def coupon_not_found() -> NotFound:
    return NotFound("COUPON_NOT_FOUND", "There is no such coupon in this program.")


def _find_coupon(program: Program, coupon_id: str) -> Coupon:
    coupon = Coupon.objects.filter(program=program, id=coupon_id).first()
    if coupon is None:
        raise coupon_not_found()
    return coupon


def _require_order(valid_from: datetime | None, valid_to: datetime | None) -> None:
    if valid_from and valid_to and valid_to <= valid_from:
        raise LoyaltyError("VALIDITY_INVALID", "The coupon would end before it begins.")


def _raise_assignments(
    coupon: Coupon, account: Account, *, valid_from: datetime | None, valid_to: datetime | None, now: datetime
) -> AccountCoupon:
    """The account is locked, so nobody else writes this pair."""
    pair = AccountCoupon.objects.filter(coupon=coupon, account=account).first()
    pair = pair or AccountCoupon(coupon=coupon, account=account)
    pair.assignments += 1
    pair.assigned_at = now
    if valid_from or valid_to:
        pair.valid_from, pair.valid_to = valid_from, valid_to
    pair.save()
    return pair


def _account_coupon(holding: Holding, *, now: datetime) -> contract.AccountCoupon:
    coupon, pair = holding.coupon, holding.pair
    pair_id = account_coupon_id(coupon_id=coupon.id, account_id=holding.account.id)
    return contract.AccountCoupon(
        id=pair_id,
        account_id=holding.account.id,
        coupon_id=coupon.id,
        code=coupon.external_code or pair_id,
        usage_type=coupon.usage_type,
        value=coupon.value,
        status=status_of(holding, now=now),
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
        image_url=coupon.image_url,
        texts=records.texts(coupon.texts),
        external_reference=coupon.external_reference,
        max_redeem_count=holding.max_redeem_count,
        redeem_count=holding.redeem_count,
        max_redeem_count_global=coupon.max_redeem_count_global,
        redeem_count_global=coupon.redeem_count_global,
        state_level=coupon.state_level,
        activatable=coupon.activatable,
        activated_at=pair.activated_at if pair and pair.is_activated else None,
    )
