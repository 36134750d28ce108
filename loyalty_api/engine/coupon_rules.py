"""When a coupon can be redeemed: pure rules over the rows of one coupon and one account."""

from dataclasses import dataclass
from datetime import datetime

from loyalty_api.engine.coupon_models import AssignationType, CouponStatus, PromoCode, UsageType
from loyalty_api.engine.models import Account, AccountCoupon, Coupon

ACTIVE = "ACTIVE"
NOT_ACTIVATED = "NOT_ACTIVATED"
INACTIVE = "INACTIVE"


@dataclass(frozen=True, slots=True)
class Holding:
    """A coupon in the hands of an account; `pair` is None while nothing was stored for the two."""

    coupon: Coupon
    account: Account
    pair: AccountCoupon | None

    @property
    def is_reachable(self) -> bool:
        return self.coupon.assignation_type == AssignationType.ALL or bool(self.pair and self.pair.assignments)

    @property
    def valid_from(self) -> datetime | None:
        """The later of the two beginnings."""
        moments = [self.coupon.valid_from, self.pair.valid_from if self.pair else None]
        return max((moment for moment in moments if moment), default=None)

    @property
    def valid_to(self) -> datetime | None:
        """The earlier of the two ends."""
        moments = [self.coupon.valid_to, self.pair.valid_to if self.pair else None]
        return min((moment for moment in moments if moment), default=None)

    @property
    def redeem_count(self) -> int:
        return self.pair.redeem_count if self.pair else 0

    @property
    def max_redeem_count(self) -> int:
        """Each assignment gives the definition's limit once more. 0 is no limit."""
        return self.coupon.max_redeem_count * max(1, self.pair.assignments if self.pair else 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asks: an interaction point, and what it belongs to, as pairs of unit type and value."""

    interaction_point: str
    units: frozenset[tuple[str, str]]


def standing_conditions(holding: Holding, *, now: datetime) -> list[str]:
    """What stands against redeeming now, wherever it may be, as the platform's symbols."""
    coupon = holding.coupon
    checks = {
        "NOT_YET_REDEEMABLE": bool(holding.valid_from and now < holding.valid_from),
        "NO_LONGER_REDEEMABLE": bool(holding.valid_to and now > holding.valid_to),
        "NO_MORE_REDEEM_BY_PROGRAM": 0 < coupon.max_redeem_count_global <= coupon.redeem_count_global,
        "NO_MORE_REDEEM_BY_ACCOUNT": 0 < holding.max_redeem_count <= holding.redeem_count,
        "WRONG_STATE_LEVEL": bool(coupon.state_level) and coupon.state_level != holding.account.level,
    }
    return [code for code, fails in checks.items() if fails]


def failed_conditions(
    holding: Holding, *, now: datetime, place: Place, promo_code: PromoCode | None = None
) -> tuple[str, ...]:
    """All that stands against redeeming here and now; the points that a reward takes come last."""
    coupon = holding.coupon
    checks = {
        "NO_MORE_REDEEM_BY_PROMOCODE": bool(
            promo_code and 0 < coupon.max_redeem_count_promo_code <= promo_code.redeem_count
        ),
        "WRONG_INTERACTION_POINT": not is_point_of_redemption(coupon, place),
        "INSUFFICIENT_POINTS": coupon.usage_type == UsageType.REWARD and coupon.value > holding.account.points,
    }
    return (*standing_conditions(holding, now=now), *(code for code, fails in checks.items() if fails))


def is_point_of_redemption(coupon: Coupon, place: Place) -> bool:
    """A coupon that names no place can be redeemed anywhere."""
    points = coupon.points_of_redemption
    return not points or any((point["unitType"], point["value"]) in place.units for point in points)


def has_condition(coupon: Coupon) -> bool:
    """False only for an imported coupon: what is saved here has its program as point of redemption at least."""
    return bool(
        coupon.points_of_redemption
        or coupon.valid_from
        or coupon.valid_to
        or coupon.max_redeem_count
        or coupon.max_redeem_count_global
        or coupon.max_redeem_count_promo_code
    )


def needs_activation(holding: Holding) -> bool:
    return holding.coupon.activatable and not (holding.pair and holding.pair.is_activated)


def status_of(holding: Holding, *, now: datetime) -> str:
    """Place and points play no part: a list is read at home and a reward may be saved up for."""
    if holding.coupon.status != CouponStatus.ACTIVE or not holding.is_reachable:
        return INACTIVE
    if not has_condition(holding.coupon) or standing_conditions(holding, now=now):
        return INACTIVE
    return NOT_ACTIVATED if needs_activation(holding) else ACTIVE
