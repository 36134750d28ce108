"""All rows of the platform, as one list; they stand in a module per domain."""

from loyalty_api.engine.access_models import ApiUser, LoginFailure, RevokedToken
from loyalty_api.engine.coupon_count_models import CouponCount, CouponDayCount, CouponDelta, CouponMonthCount
from loyalty_api.engine.coupon_models import AccountCoupon, AssignmentReference, Coupon, CouponWord
from loyalty_api.engine.identifier_models import Identifier, IdentifierStatus, IdentifierType, SearchWord
from loyalty_api.engine.image_models import StoredImage
from loyalty_api.engine.ledger_models import (
    Booking,
    Level,
    LevelBooking,
    PointsExpiry,
    PointsLock,
    ReceiptImage,
    Transaction,
    TransactionStatus,
)
from loyalty_api.engine.member_models import (
    Account,
    AccountStatus,
    FraudCase,
    MemberRole,
    Membership,
    PushToken,
    User,
)
from loyalty_api.engine.place_models import InteractionPoint, Partner, Store
from loyalty_api.engine.report_models import (
    Figure,
    ReportCount,
    ReportDayCount,
    ReportDelta,
    ReportMoment,
    ReportMonthCount,
    ReportOutlook,
)
from loyalty_api.engine.rule_models import AssignmentPolicy, ExpiryKind, ProgramRules

__all__ = [
    "Account",
    "AccountCoupon",
    "AccountStatus",
    "ApiUser",
    "AssignmentPolicy",
    "AssignmentReference",
    "Booking",
    "Coupon",
    "CouponCount",
    "CouponDayCount",
    "CouponDelta",
    "CouponMonthCount",
    "CouponWord",
    "ExpiryKind",
    "Figure",
    "FraudCase",
    "Identifier",
    "IdentifierStatus",
    "IdentifierType",
    "InteractionPoint",
    "Level",
    "LevelBooking",
    "LoginFailure",
    "MemberRole",
    "Membership",
    "Partner",
    "PointsExpiry",
    "PointsLock",
    "ProgramRules",
    "PushToken",
    "ReceiptImage",
    "ReportCount",
    "ReportDayCount",
    "ReportDelta",
    "ReportMoment",
    "ReportMonthCount",
    "ReportOutlook",
    "RevokedToken",
    "SearchWord",
    "Store",
    "StoredImage",
    "Transaction",
    "TransactionStatus",
    "User",
]
