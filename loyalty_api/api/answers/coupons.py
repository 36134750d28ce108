"""Coupons: definitions, what an account has of them, and redemptions."""

from typing import Annotated, TypedDict

from loyalty_api.api.answers.scalars import Free, Moment
from loyalty_api.engine.coupon_models import AssignationType, CouponStatus, UnitType, UsageType
from selfservice.apidocs.answer_schemas import one_of

Usage = Annotated[str, one_of(UsageType.values)]
Value = Annotated[float, "Per cent, factor or points, as the usage type says."]
Limit = Annotated[int, "0 is no limit."]


class ExternalCodeAnswer(TypedDict):
    type: str
    value: str


class PromoCodeAnswer(TypedDict):
    code: str
    redeemCount: int


class PointOfRedemptionAnswer(TypedDict):
    unitType: Annotated[str, one_of(UnitType.values)]
    value: Annotated[str, "The id of the unit."]


class CouponTextAnswer(TypedDict):
    title: str
    subTitle: str
    description: str
    bookingText: str


class ImageAnswer(TypedDict):
    id: str
    name: str
    tags: list[str]
    path: str


class CouponPropertyAnswer(TypedDict):
    name: str
    value: Free


class CouponAnswer(TypedDict):
    couponId: str
    program: str
    name: str
    status: Annotated[str, one_of(CouponStatus.values)]
    usageType: Usage
    couponValue: Value
    assignationType: Annotated[str, one_of(AssignationType.values)]
    externalReference: Annotated[str | None, "Tells the till what to do."]
    externalCode: ExternalCodeAnswer | None
    validFrom: Moment | None
    validTo: Moment | None
    maxRedeemCount: Limit
    maxRedeemCountGlobal: Limit
    maxRedeemCountPromoCode: Limit
    redeemCountGlobal: int
    activatable: bool
    stateLevel: Annotated[str | None, "Only members of this level may redeem it."]
    promoCodes: list[PromoCodeAnswer]
    pointsOfRedemption: list[PointOfRedemptionAnswer]
    i18nFields: Annotated[dict[str, CouponTextAnswer], "Keyed by language."]
    images: list[ImageAnswer]
    customProperties: list[CouponPropertyAnswer]


class ActivationAnswer(TypedDict):
    activatable: bool
    activated: Annotated[bool | None, "Null where the coupon needs no activation."]
    lastActivationDate: Moment | None


class AccountCouponAnswer(TypedDict):
    accountCouponId: Annotated[str, "A function of coupon and account."]
    accountId: str
    couponId: str
    usageType: Usage
    couponValue: Value
    externalReference: str | None
    externalCode: ExternalCodeAnswer | None
    validFrom: Moment | None
    validTo: Moment | None
    maxRedeemCount: Limit
    redeemCount: int
    maxRedeemCountGlobal: Limit
    redeemCountGlobal: int
    stateLevel: str | None
    pointsOfRedemption: list[PointOfRedemptionAnswer]
    i18nFields: Annotated[dict[str, CouponTextAnswer], "Keyed by language."]
    images: list[ImageAnswer]
    customProperties: list[CouponPropertyAnswer]
    activation: ActivationAnswer


class AssignedCouponAnswer(AccountCouponAnswer):
    reference: str


class RedemptionPreviewAnswer(AccountCouponAnswer):
    points: Annotated[int, "What the account has now."]
    pointsAfter: Annotated[int, "What redeeming would leave."]


class RedemptionAnswer(TypedDict):
    redemptionId: str
    accountCouponId: str | None
    accountId: Annotated[str | None, "Null for a promo code without an account."]
    couponId: str
    usageType: Usage
    couponValue: Value
    externalReference: str | None
    promoCode: str | None
    redemptionTime: Moment
    bookingId: Annotated[str | None, "The points that a reward took."]
    transactionId: Annotated[str | None, "The receipt that the coupon took effect on."]
    interactionId: str | None
