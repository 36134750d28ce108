"""Lines of the points ledger, and receipts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class BookingType(StrEnum):
    EARN = "EARNBOOKING"
    BURN = "BURNBOOKING"


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
