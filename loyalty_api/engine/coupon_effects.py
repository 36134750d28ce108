"""What coupons do to a receipt: a multiplier and extra points, and their use that comes with it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loyalty_api.contract import LoyaltyEvent
from loyalty_api.engine.events import Scene
from loyalty_api.engine.models import Account


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
    return NO_EFFECTS


def consume_effects(scene: Scene, effects: Effects, *, transaction_id: str, interaction_id: str) -> list[LoyaltyEvent]:
    """Counts the use of the selected coupons and returns what is to be told of it, in order."""
    return []
