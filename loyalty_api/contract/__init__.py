"""The words that the platform and its users share: frozen records and the errors. Standard library only.

The modules are its chapters; everybody imports from here.
"""

from loyalty_api.contract.coupons import (
    AccountCoupon,
    Coupon,
    CouponImage,
    CouponText,
    PointOfRedemption,
    PromoCode,
    Redemption,
    RedemptionPreview,
)
from loyalty_api.contract.errors import Conflict, LoyaltyError, NotFound, PlatformUnavailable
from loyalty_api.contract.events import EventType, LoyaltyEvent
from loyalty_api.contract.ledger import Booking, BookingType, LineItem, Transaction
from loyalty_api.contract.members import Account, Balance, Level, LevelStatus, MemberProfile, Membership, Optin, User
from loyalty_api.contract.values import Json

__all__ = [
    "Account",
    "AccountCoupon",
    "Balance",
    "Booking",
    "BookingType",
    "Conflict",
    "Coupon",
    "CouponImage",
    "CouponText",
    "EventType",
    "Json",
    "Level",
    "LevelStatus",
    "LineItem",
    "LoyaltyError",
    "LoyaltyEvent",
    "MemberProfile",
    "Membership",
    "NotFound",
    "Optin",
    "PlatformUnavailable",
    "PointOfRedemption",
    "PromoCode",
    "Redemption",
    "RedemptionPreview",
    "Transaction",
    "User",
]
