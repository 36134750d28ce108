"""Coupons: the definition, and what an account has of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CouponText:
    title: str = ""
    sub_title: str = ""
    description: str = ""
    booking_text: str = ""


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon's definition. `status` is DRAFT, ACTIVE, PAUSED or ENDED; a limit of 0 is none.

    `assignation_type` says who has it: ALL, INDIVIDUAL (who was given it) or PROMOCODE. `state_level` is the slug of
    the one level that may use it.
    """

    id: str
    program: str
    name: str
    status: str
    usage_type: str
    value: int
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


@dataclass(frozen=True, slots=True)
class AccountCoupon:
    """A coupon as one account sees it.

    `id` is a function of coupon and account (`account_coupon_id`). `status` is ACTIVE when it can be redeemed now,
    NOT_ACTIVATED when only the member's activation is missing, else INACTIVE. `texts` is keyed by language.
    """

    id: str
    account_id: str
    coupon_id: str
    code: str
    usage_type: str
    value: int
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
    activated_at: datetime | None = None
