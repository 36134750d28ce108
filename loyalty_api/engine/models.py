"""All rows of the platform, as one list; they stand in a module per domain."""

from loyalty_api.engine.coupon_models import AccountCoupon, Coupon
from loyalty_api.engine.ledger_models import Booking, Level, LevelBooking, PointsRule, Transaction
from loyalty_api.engine.member_models import Account, AccountStatus, ApiUser, MemberRole, Membership, User

__all__ = [
    "Account",
    "AccountCoupon",
    "AccountStatus",
    "ApiUser",
    "Booking",
    "Coupon",
    "Level",
    "LevelBooking",
    "MemberRole",
    "Membership",
    "PointsRule",
    "Transaction",
    "User",
]
