"""The words that the platform and its users share: frozen records and the errors. Standard library only.
The modules are its chapters; everybody imports from here."""

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
from loyalty_api.contract.ledger import (
    Booking,
    BookingType,
    ExpiringPoints,
    LevelBooking,
    LineItem,
    MoneyBalance,
    RatingPreview,
    Transaction,
)
from loyalty_api.contract.members import (
    Account,
    AccountDetails,
    AccountState,
    Balance,
    Level,
    LevelStatus,
    Member,
    MemberProfile,
    Membership,
    Optin,
    RatingLevel,
    User,
    channel_key,
)
from loyalty_api.contract.places import InteractionPoint, Partner, Store
from loyalty_api.contract.values import Json

__all__ = [
    "Account",
    "AccountCoupon",
    "AccountDetails",
    "AccountState",
    "Balance",
    "Booking",
    "BookingType",
    "Conflict",
    "Coupon",
    "CouponImage",
    "CouponText",
    "EventType",
    "ExpiringPoints",
    "FraudCase",
    "Identifier",
    "InteractionPoint",
    "Json",
    "Level",
    "LevelBooking",
    "LevelStatus",
    "LineItem",
    "LoyaltyError",
    "LoyaltyEvent",
    "Member",
    "MemberProfile",
    "Membership",
    "MoneyBalance",
    "NotFound",
    "Optin",
    "Partner",
    "PlatformUnavailable",
    "PointOfRedemption",
    "PromoCode",
    "PushToken",
    "RatingLevel",
    "RatingPreview",
    "Redemption",
    "RedemptionPreview",
    "SearchHit",
    "Store",
    "Transaction",
    "User",
    "channel_key",
]
