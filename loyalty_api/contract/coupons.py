"""Coupons: the definition, what an account has of it, and what was redeemed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from loyalty_api.contract.values import Json


@dataclass(frozen=True, slots=True)
class CouponText:
    title: str = ""
    sub_title: str = ""
    description: str = ""
    booking_text: str = ""


@dataclass(frozen=True, slots=True)
class PointOfRedemption:
    """Where a coupon can be redeemed. `unit_type` is PROGRAM, PARTNER, STORE or INTERACTIONPOINT, `value` its id."""

    unit_type: str
    value: str


@dataclass(frozen=True, slots=True)
class CouponImage:
    id: str
    name: str
    path: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromoCode:
    code: str
    redeem_count: int


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon's definition. `status` is DRAFT, ACTIVE, PAUSED or ENDED; a limit of 0 is none.

    `value` is per cent, factor or points; a whole one is an int. `assignation_type` says who has it: ALL, INDIVIDUAL
    (who was given it) or PROMOCODE. `state_level` is the slug of the one level that may use it. `given_usage_type` is
    an older name of the type, where one was given.
    """

    id: str
    program: str
    name: str
    status: str
    usage_type: str
    value: float
    assignation_type: str
    external_code: str
    external_reference: str
    valid_from: datetime | None
    valid_to: datetime | None
    max_redeem_count: int
    max_redeem_count_global: int
    redeem_count_global: int
    activatable: bool
    state_level: str
    texts: Mapping[str, CouponText]
    image_url: str
    given_usage_type: str = ""
    external_code_type: str = "TEXT"
    max_redeem_count_promo_code: int = 0
    promo_codes: tuple[PromoCode, ...] = ()
    points_of_redemption: tuple[PointOfRedemption, ...] = ()
    images: tuple[CouponImage, ...] = ()
    custom_properties: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountCoupon:
    """A coupon as one account sees it.

    `id` is a function of coupon and account (`account_coupon_id`). `status` is ACTIVE when it can be redeemed now,
    NOT_ACTIVATED when only the member's activation is missing, else INACTIVE. `texts` is keyed by language.
    `activated_at` is the last activation, also of a coupon that was deactivated since.
    """

    id: str
    account_id: str
    coupon_id: str
    code: str
    usage_type: str
    value: float
    status: str
    valid_from: datetime | None
    valid_to: datetime | None
    image_url: str
    texts: Mapping[str, CouponText]
    external_reference: str = ""
    max_redeem_count: int = 0
    redeem_count: int = 0
    max_redeem_count_global: int = 0
    redeem_count_global: int = 0
    state_level: str = ""
    activatable: bool = False
    is_activated: bool = False
    activated_at: datetime | None = None
    external_code_type: str = "TEXT"
    points_of_redemption: tuple[PointOfRedemption, ...] = ()
    images: tuple[CouponImage, ...] = ()
    custom_properties: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redemption:
    """One use of a coupon. `account_id` is empty for a promo code that was redeemed without an account.

    `booking_id` names the points that a reward took, `transaction_id` the receipt that the coupon took effect on.
    """

    id: str
    account_coupon_id: str
    account_id: str
    coupon_id: str
    usage_type: str
    value: float
    external_reference: str
    redeemed_at: datetime
    promo_code: str = ""
    booking_id: str = ""
    transaction_id: str = ""
    interaction_id: str = ""


@dataclass(frozen=True, slots=True)
class RedemptionPreview:
    """What redeeming the reward now would do to the account's points."""

    account_coupon: AccountCoupon
    points: int
    points_after: int
