"""Redeeming coupons by hand: with an account's coupon, or with a promo code.

Locks are taken in one order everywhere: account, coupon, promo code. A second redemption of an account does not wait
for the first, it is refused.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from loyalty_api import contract
from loyalty_api.contract import BookingType, Conflict, EventType, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import accounts, coupon_records, coupons, events, points
from loyalty_api.engine.coupon_definitions import coupon_not_found, find_coupon, lock_coupon
from loyalty_api.engine.coupon_models import CouponRedemption, PromoCode, UsageType
from loyalty_api.engine.coupon_places import place_of
from loyalty_api.engine.coupon_rules import Holding, Place, failed_conditions, has_condition, needs_activation
from loyalty_api.engine.identity import account_coupon_id as id_of_pair
from loyalty_api.engine.identity import parse_account_coupon_id
from loyalty_api.engine.models import Account, AccountCoupon, Booking, Coupon
from loyalty_api.engine.rules import require_member_to_burn
from selfservice.programs.models import Program

TYPE_CODE = "COU"
MANUAL = (UsageType.DISCOUNT, UsageType.REWARD)


@dataclass(frozen=True, slots=True)
class Use:
    """What a redemption is told along with: where it happened, and which code or receipt caused it."""

    place: Place
    promo_code: PromoCode | None = None
    transaction_id: str = ""


def redeem_account_coupon(
    *, program: Program, account_coupon_id: str, now: datetime, interaction_id: str = ""
) -> contract.Redemption:
    """Raises NotFound, Conflict with COUPON_REDEMPTION_IN_PROGRESS, or LoyaltyError with the first of the platform's
    codes that applies; CONDITION_NOT_FULFILLED names every failed condition in `detail`. Nothing has changed then.
    """
    parsed = parse_account_coupon_id(account_coupon_id)
    if parsed is None:
        raise coupon_not_found()
    with transaction.atomic():
        holding = _locked_holding(program, account_id=parsed.account_id, coupon_id=parsed.coupon_id)
        coupons.require_reachable(holding)
        use = Use(place=place_of(program, interaction_id))
        _require_redeemable(holding, use, now=now)
        return _redeem(program, holding, use, now=now)


def redeem_promo_code(
    *, program: Program, code: str, now: datetime, account_id: str = "", interaction_id: str = ""
) -> contract.Redemption:
    """As `redeem_account_coupon`; also raises NotFound with PROMOCODE_NOT_FOUND and COUPON_NOT_PROMOCODE.

    Without an account only a discount that depends on none can be redeemed; else COUPON_NOT_ASSIGNED_ACCOUNT.
    """
    coupon_id = _coupon_of_code(program, code)
    with transaction.atomic():
        if account_id:
            holding = _locked_holding(program, account_id=account_id, coupon_id=coupon_id)
        else:
            holding = _anonymous_holding(program, coupon_id)
        promo_code = PromoCode.objects.select_for_update(no_key=True).filter(coupon=holding.coupon, code__iexact=code)
        use = Use(place=place_of(program, interaction_id), promo_code=promo_code.first())
        if use.promo_code is None:
            raise _promo_code_not_found()
        _require_redeemable(holding, use, now=now)
        return _redeem(program, holding, use, now=now)


def preview_redemption(
    *, program: Program, account_coupon_id: str, now: datetime, interaction_id: str = ""
) -> contract.RedemptionPreview:
    """What redeeming a reward would do. Refuses what the redemption would refuse; changes nothing."""
    parsed = parse_account_coupon_id(account_coupon_id)
    if parsed is None:
        raise coupon_not_found()
    coupon = find_coupon(program, parsed.coupon_id)
    coupons.require_coupon_active(coupon)
    account = accounts.find_account(program=program, account_id=parsed.account_id)
    accounts.require_active(account)
    holding = coupons.holding_of(account, coupon)
    coupons.require_reachable(holding)
    if coupon.usage_type != UsageType.REWARD:
        raise LoyaltyError("COUPON_PREVIEW_NOT_AVAILABLE", "Only a reward can be previewed.")
    _require_redeemable(holding, Use(place=place_of(program, interaction_id)), now=now)
    return contract.RedemptionPreview(
        account_coupon=coupon_records.account_coupon(holding, now=now),
        points=account.points,
        points_after=account.points - int(coupon.value),
    )


def list_redemptions(*, program: Program, account_id: str, limit: int, offset: int = 0) -> list[contract.Redemption]:
    """Newest first, those of deleted coupons included."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = CouponRedemption.objects.filter(account=account).select_related("coupon").order_by("-id")
    return [coupon_records.redemption(row) for row in rows[offset : offset + limit]]


def count_redemptions(*, program: Program, account_id: str) -> int:
    return CouponRedemption.objects.filter(program=program, account_id=account_id).count()


def record_use(holding: Holding, use: Use, *, now: datetime, booking_id: str = "") -> CouponRedemption:
    """Counts one use and writes its line; the caller has locked account and coupon."""
    coupon, account = holding.coupon, _somebody(holding.account)
    if account:
        pair = holding.pair or AccountCoupon(coupon=coupon, account=account)
        pair.redeem_count += 1
        pair.save()
    coupon.redeem_count_global += 1
    coupon.save(update_fields=["redeem_count_global"])
    if use.promo_code:
        use.promo_code.redeem_count += 1
        use.promo_code.save(update_fields=["redeem_count"])
    return CouponRedemption.objects.create(
        program_id=coupon.program_id,
        coupon=coupon,
        account=account,
        usage_type=coupon.usage_type,
        value=coupon.value,
        promo_code=use.promo_code.code if use.promo_code else "",
        booking_id=booking_id,
        transaction_id=use.transaction_id,
        interaction_id=use.place.interaction_point,
        redeemed_at=now,
    )


def coupon_redeemed(scene: events.Scene, holding: Holding) -> LoyaltyEvent:
    data = events.coupon_data(
        holding.coupon,
        account_coupon_id=id_of_pair(coupon_id=holding.coupon.id, account_id=holding.account.id),
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
        campaign_id="",
    )
    return scene.event(EventType.COUPON_REDEEMED, data)


def _redeem(program: Program, holding: Holding, use: Use, *, now: datetime) -> contract.Redemption:
    account = _somebody(holding.account)
    if account is None:
        return coupon_records.redemption(record_use(holding, use, now=now))
    booking = _burn(holding, use, language=program.language, now=now)
    row = record_use(holding, use, now=now, booking_id=booking.id if booking else "")
    scene = events.owner_scene(account, now=now)
    told = [coupon_redeemed(scene, holding)]
    if booking:
        told.append(points.balance_changed(scene, booking))
    events.emit(program=program, events=told)
    return coupon_records.redemption(row)


def _burn(holding: Holding, use: Use, *, language: str, now: datetime) -> Booking | None:
    """The points that a reward costs, if it does."""
    coupon, account = holding.coupon, holding.account
    if coupon.usage_type != UsageType.REWARD or not coupon.value:
        return None
    return points.add_booking(
        account,
        booking_type=BookingType.BURN,
        type_code=TYPE_CODE,
        points=int(coupon.value),
        now=now,
        origin=points.Origin(
            reason=coupon_records.booking_text(coupon, language=language),
            reference_id=coupon.id,
            interaction_id=use.place.interaction_point,
        ),
    )


def _locked_holding(program: Program, *, account_id: str, coupon_id: str) -> Holding:
    """Takes the locks; refuses what cannot be redeemed at all, in the platform's order of checks."""
    is_alone = _claim(account_id)
    if not is_alone:
        coupons.require_coupon_active(find_coupon(program, coupon_id))
        accounts.require_active(accounts.find_account(program=program, account_id=account_id))
        raise Conflict("COUPON_REDEMPTION_IN_PROGRESS", "Another redemption of this account is running.")
    account = accounts.lock_account(program=program, account_id=account_id)
    coupon = lock_coupon(program, coupon_id)
    coupons.require_coupon_active(coupon)
    accounts.require_active(account)
    return coupons.holding_of(account, coupon)


def _claim(account_id: str) -> bool:
    """False when another redemption of the account runs. Not the account's own lock: that also is taken by bookings,
    for which a redemption waits. Ends with the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"redemption|{account_id}"])
        row = cursor.fetchone()
    return bool(row and row[0])


def _anonymous_holding(program: Program, coupon_id: str) -> Holding:
    """An account without an id stands for nobody. Only a coupon that asks nothing of an account can do without."""
    coupon = lock_coupon(program, coupon_id)
    coupons.require_coupon_active(coupon)
    asks = coupon.usage_type == UsageType.REWARD or coupon.max_redeem_count or coupon.state_level or coupon.activatable
    if asks:
        raise LoyaltyError("COUPON_NOT_ASSIGNED_ACCOUNT", "This coupon needs an account; name it in accountId.")
    return Holding(coupon=coupon, account=Account(id="", program=program), pair=None)


def _somebody(account: Account) -> Account | None:
    return account if account.id else None


def _coupon_of_code(program: Program, code: str) -> str:
    found = PromoCode.objects.filter(program=program, code__iexact=code).values_list("coupon_id", flat=True).first()
    if found:
        return found
    if Coupon.objects.filter(program=program, external_code__iexact=code).exists():
        raise LoyaltyError("COUPON_NOT_PROMOCODE", "The code belongs to a coupon that is not redeemed by promo code.")
    raise _promo_code_not_found()


def _promo_code_not_found() -> NotFound:
    return NotFound("PROMOCODE_NOT_FOUND", "There is no such promo code in this program.")


def _require_redeemable(holding: Holding, use: Use, *, now: datetime) -> None:
    coupon = holding.coupon
    if coupon.usage_type not in MANUAL:
        raise LoyaltyError("COUPON_NOT_MANUAL_REDEEMABLE", "This coupon takes effect by itself on a receipt.")
    if needs_activation(holding):
        raise LoyaltyError("COUPON_NOT_ACTIVATABLE", "The member has not activated this coupon.")
    if not has_condition(coupon):
        raise LoyaltyError("CONDITION_NOT_DEFINED", "The coupon says neither when nor where it can be redeemed.")
    if coupon.usage_type == UsageType.REWARD:
        require_member_to_burn(holding.account)
    failed = failed_conditions(holding, now=now, place=use.place, promo_code=use.promo_code)
    if failed:
        raise LoyaltyError("CONDITION_NOT_FULFILLED", "The coupon's conditions are not met.", detail=failed)
