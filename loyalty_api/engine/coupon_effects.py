"""What coupons do to a receipt: a multiplier and extra points, and their use that comes with it.

Of the multipliers that apply the best one is used, never two at once; extra points add up. A coupon that would change
nothing is not used up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from loyalty_api.contract import LoyaltyEvent
from loyalty_api.engine.coupon_models import Coupon, CouponStatus, UsageType
from loyalty_api.engine.coupon_places import place_of
from loyalty_api.engine.coupon_rules import Holding, Place, failed_conditions, has_condition, needs_activation
from loyalty_api.engine.coupons import holdings_of
from loyalty_api.engine.events import Scene
from loyalty_api.engine.models import Account
from loyalty_api.engine.redemptions import Use, coupon_redeemed, record_use

_AUTOMATIC = "c.usage_type IN ('MULTIPLIER', 'EXTRAPOINT') AND c.status = 'ACTIVE'"
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Effects:
    """`multiplier` stands before the rounding, `extra_points` are added after it."""

    multiplier: Decimal = Decimal(1)
    extra_points: int = 0
    coupon_ids: tuple[str, ...] = ()


NO_EFFECTS = Effects()


def select_effects(account: Account, *, interaction_id: str, now: datetime, for_update: bool) -> Effects:
    """Which coupons a receipt with something to rate would use.

    For a receipt that is recorded, the caller has locked the account and passes `for_update`, so that the coupons'
    counters are locked too; a preview locks nothing.
    """
    place = place_of(account.program, interaction_id)
    found = _usable(holdings_of(account, where=_AUTOMATIC), place=place, now=now)
    if found and for_update:
        found = _usable(_locked(found), place=place, now=now)
    chosen = _chosen(found)
    if not chosen:
        return NO_EFFECTS
    multipliers = [each.coupon.value for each in chosen if each.coupon.usage_type == UsageType.MULTIPLIER]
    extras = [int(each.coupon.value) for each in chosen if each.coupon.usage_type == UsageType.EXTRAPOINT]
    return Effects(
        multiplier=multipliers[0] if multipliers else Decimal(1),
        extra_points=sum(extras),
        coupon_ids=tuple(each.coupon.id for each in chosen),
    )


def consume_effects(scene: Scene, effects: Effects, *, transaction_id: str, interaction_id: str) -> list[LoyaltyEvent]:
    """Counts the use of the selected coupons and returns what is to be told of it, in order."""
    if not effects.coupon_ids:
        return []
    use = Use(place=place_of(scene.account.program, interaction_id), transaction_id=transaction_id)
    chosen = holdings_of(scene.account, where=f"{_AUTOMATIC} AND c.id = ANY(%(ids)s)", ids=list(effects.coupon_ids))
    holdings = sorted(chosen, key=lambda each: each.coupon.id)
    for holding in holdings:
        record_use(holding, use, now=scene.now)
    return [coupon_redeemed(scene, holding) for holding in holdings]


def _locked(holdings: Sequence[Holding]) -> list[Holding]:
    """The same, read again under the coupons' locks, which everybody takes in the order of the ids."""
    ids = [holding.coupon.id for holding in holdings]
    rows = Coupon.objects.select_for_update(no_key=True).filter(id__in=ids, status=CouponStatus.ACTIVE).order_by("id")
    coupons = {row.id: row for row in rows}
    return [
        Holding(coupon=coupons[holding.coupon.id], account=holding.account, pair=holding.pair)
        for holding in holdings
        if holding.coupon.id in coupons
    ]


def _usable(holdings: Sequence[Holding], *, place: Place, now: datetime) -> list[Holding]:
    return [
        holding
        for holding in holdings
        if has_condition(holding.coupon)
        and not needs_activation(holding)
        and not failed_conditions(holding, now=now, place=place)
    ]


def _chosen(holdings: Sequence[Holding]) -> list[Holding]:
    """Of equal multipliers the one that ends first, so that none is lost for nothing."""
    best = min(_of(holdings, UsageType.MULTIPLIER, above=1), key=_rank, default=None)
    extras = _of(holdings, UsageType.EXTRAPOINT, above=0)
    return [best, *extras] if best else extras


def _of(holdings: Sequence[Holding], usage_type: UsageType, *, above: int) -> list[Holding]:
    return [each for each in holdings if each.coupon.usage_type == usage_type and each.coupon.value > above]


def _rank(holding: Holding) -> tuple[Decimal, datetime, str]:
    return -holding.coupon.value, holding.valid_to or _NEVER, holding.coupon.id
