"""The words that the platform and its users share: frozen records and the errors. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON value. Python 3.11 has no recursive alias that every checker reads alike."""


class EventType(StrEnum):
    """Every kind of loyalty event. An unknown one is accepted too, and counted as filtered."""

    ACCOUNT_CREATED = "ACCOUNT_CREATED"
    MEMBERSHIP_CREATED = "MEMBERSHIP_CREATED"
    MEMBERSHIP_ADDED = "MEMBERSHIP_ADDED"
    MEMBERSHIP_CHANGED = "MEMBERSHIP_CHANGED"
    MEMBERSHIP_TERMINATED = "MEMBERSHIP_TERMINATED"
    MEMBERSHIP_OPTINS_CHANGED = "MEMBERSHIP_OPTINS_CHANGED"
    STATUS_LEVEL_CHANGED = "STATUS_LEVEL_CHANGED"
    BALANCE_CHANGED = "BALANCE_CHANGED"
    ACCOUNT_TRANSACTION = "ACCOUNT_TRANSACTION"
    COUPON_ASSIGNED = "COUPON_ASSIGNED"
    COUPON_REDEEMED = "COUPON_REDEEMED"
    USER_LOGGED_IN = "USER_LOGGED_IN"
    USER_LOGGED_OUT = "USER_LOGGED_OUT"
    USER_CREATED = "USER_CREATED"
    USER_CHANGED = "USER_CHANGED"
    PUSH_TOKEN_CREATED = "PUSH_TOKEN_CREATED"  # noqa: S105 - the name of an event
    PUSH_TOKEN_DELETED = "PUSH_TOKEN_DELETED"  # noqa: S105 - the name of an event


class BookingType(StrEnum):
    EARN = "EARNBOOKING"
    BURN = "BURNBOOKING"


@dataclass(frozen=True, slots=True)
class LoyaltyEvent:
    """One thing that happened in the loyalty platform.

    `event_id` is unique per program, 1 to 128 characters; `occurred_at` has an offset; `data` is JSON in the
    spelling of the platform (camelCase), its fields depending on `type`.
    """

    event_id: str
    type: str
    occurred_at: datetime
    account_id: str
    data: Mapping[str, Json] = field(default_factory=dict)
    user_id: str = ""
    partner_id: str = ""
    member_role: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """Points are whole numbers; `points` is what can be spent and does not include `locked_points`."""

    points: int
    locked_points: int
    status_points: int


@dataclass(frozen=True, slots=True)
class Level:
    """A status level: `id` is its stable slug, `needed_status_points` its threshold."""

    id: str
    name: str
    needed_status_points: int


@dataclass(frozen=True, slots=True)
class LevelStatus:
    """Where an account stands among the levels: None is no level, and none above."""

    current: Level | None
    next: Level | None
    status_points: int


@dataclass(frozen=True, slots=True)
class Optin:
    """The member's recorded answer for one channel. No record is no `Optin`."""

    type: str
    flag: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """Links one user to one account. `role` is OWNER, COOWNER or COLLECTOR."""

    id: str
    account_id: str
    user_id: str
    role: str
    partner_id: str
    optins: tuple[Optin, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """The person behind memberships. `gender_code` is MALE, FEMALE, DIVERSE or empty; `country_code` ISO 3166-1."""

    id: str
    email_address: str
    phone: str = ""
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    gender_code: str = ""
    street_house_no: str = ""
    zip_code: str = ""
    city: str = ""
    country_code: str = ""
    custom_properties: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """`status` is ACTIVE, INACTIVE or LOCKED."""

    id: str
    program: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of the points ledger. `points` is positive for a burn too."""

    id: str
    type: BookingType
    type_code: str
    points: int
    reason: str
    booked_at: datetime
    reference_id: str = ""
    external_id: str = ""
    interaction_id: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class LineItem:
    """A printed line of a receipt. `kind` is SALE or RETURN; a return's amount is negative."""

    extended_amount: Decimal
    item_id: str = ""
    merchandise_group: str = ""
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    kind: str = "SALE"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A rated receipt. `points` and `status_points` have a sign: a return takes them back."""

    id: str
    account_id: str
    type: str
    amount: Decimal
    currency: str
    transaction_time: datetime
    external_id: str
    original_transaction_id: str
    points: int
    status_points: int
    line_items: tuple[LineItem, ...]
    bookings: tuple[Booking, ...] = ()


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


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """What a message needs to know of a member, read in one call."""

    account: Account
    balance: Balance
    level: Level | None
    next_level: Level | None
    owner: User | None
    enrolled_on: date
    next_reward_title: str | None = None
    points_to_next_reward: int | None = None


class LoyaltyError(Exception):
    """The platform says no, by a rule of its own: `code` is its symbol, the text a sentence, `detail` more symbols."""

    def __init__(self, code: str, message: str, *, detail: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


class NotFound(LoyaltyError):
    """The object does not exist, or belongs to another program: the two are not told apart."""


class Conflict(LoyaltyError):
    """Somebody else did it first, or is doing it now."""


class PlatformUnavailable(Exception):
    """A remote platform failed or did not answer in time. `timed_out` tells the two apart."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out
