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
from loyalty_api.contract.identifiers import FraudCase, Identifier, PushToken, SearchHit
from loyalty_api.contract.ledger import Booking, BookingType, LineItem, Transaction
from loyalty_api.contract.members import Account, Balance, Level, LevelStatus, MemberProfile, Membership, Optin, User
from loyalty_api.contract.places import InteractionPoint, Partner, Store
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
    "FraudCase",
    "Identifier",
    "InteractionPoint",
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
    "Partner",
    "PlatformUnavailable",
    "PointOfRedemption",
    "PromoCode",
    "PushToken",
    "Redemption",
    "RedemptionPreview",
    "SearchHit",
    "Store",
    "Transaction",
    "User",
]
