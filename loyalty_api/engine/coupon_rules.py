"""When a coupon can be redeemed: pure rules over the rows of one coupon and one account."""

from dataclasses import dataclass
from datetime import datetime

from loyalty_api.engine.coupon_models import AssignationType, CouponStatus
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


def failed_conditions(holding: Holding, *, now: datetime) -> tuple[str, ...]:
    """Every condition that stands against redeeming now, as the platform's symbols."""
    coupon, account = holding.coupon, holding.account
    checks = {
        "NOT_YET_REDEEMABLE": bool(holding.valid_from and now < holding.valid_from),
        "NO_LONGER_REDEEMABLE": bool(holding.valid_to and now > holding.valid_to),
        "NO_MORE_REDEEM_BY_PROGRAM": 0 < coupon.max_redeem_count_global <= coupon.redeem_count_global,
        "NO_MORE_REDEEM_BY_ACCOUNT": 0 < holding.max_redeem_count <= holding.redeem_count,
        "WRONG_STATE_LEVEL": bool(coupon.state_level) and coupon.state_level != account.level,
    }
    return tuple(code for code, fails in checks.items() if fails)


def needs_activation(holding: Holding) -> bool:
    return holding.coupon.activatable and not (holding.pair and holding.pair.is_activated)


def status_of(holding: Holding, *, now: datetime) -> str:
    if holding.coupon.status != CouponStatus.ACTIVE or not holding.is_reachable or failed_conditions(holding, now=now):
        return INACTIVE
    return NOT_ACTIVATED if needs_activation(holding) else ACTIVE
