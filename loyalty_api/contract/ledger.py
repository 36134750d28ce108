"""Lines of the points ledger, and receipts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from loyalty_api.contract.places import Partner, Store
from loyalty_api.contract.values import Json


class BookingType(StrEnum):
    EARN = "EARNBOOKING"
    BURN = "BURNBOOKING"


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of the points ledger. `points` is positive for a burn too. `value_at` is when it takes effect.

    `partner` and `store` are those of the interaction point; of the store its id and its name are known.
    """

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
    locked_until: datetime | None = None
    value_at: datetime | None = None
    partner: Partner | None = None
    store: Store | None = None


@dataclass(frozen=True, slots=True)
class LevelBooking:
    """One line of the status points ledger; `points` has a sign."""

    id: str
    points: int
    reason: str
    booked_at: datetime
    reference_id: str = ""


@dataclass(frozen=True, slots=True)
class MoneyBalance:
    """What the points are worth now."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ExpiringPoints:
    """What the member was warned of."""

    points: int
    expires_at: datetime


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
    """A receipt. `points` and `status_points` have a sign: a return takes them back, a payment with points is negative.

    `status` is RECEIVED until it is rated, which needs an account; then RATED. `account_id` may be empty. The image is
    given with a receipt that was asked for alone.
    """

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
    status: str = "RATED"
    reason: str = ""
    value_at: datetime | None = None
    tender_items: tuple[Mapping[str, Json], ...] = ()
    receipt_image_url: str = ""
    receipt_image: bytes = b""
    interaction_id: str = ""


@dataclass(frozen=True, slots=True)
class RatingPreview:
    """What a receipt would give, with the coupons that would take part."""

    points: int
    status_points: int
    multiplier: Decimal
    extra_points: int
    coupon_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatingExample:
    """What a receipt of one line would give somebody, and by what. `points_per_unit` and `status_points_per_unit` are
    those of the program, which `factor` multiplies; `multiplier` and `extra_points` come of the `coupons`, by name.

    `is_excluded`: the line is of what gives no points. `lock_days`: for so long they are locked. `worth` is in the
    program's currency.
    """

    amount: Decimal
    points: int
    status_points: int
    points_per_unit: Decimal
    status_points_per_unit: Decimal
    factor: Decimal
    level_name: str
    multiplier: Decimal
    extra_points: int
    coupons: tuple[str, ...]
    is_excluded: bool
    lock_days: int
    worth: Decimal
