"""The ledgers page by page, newest first. A page costs the same wherever it lies; it is named by the line before it."""

from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from django.db.models import Case, F, QuerySet, Sum, Value, When

from loyalty_api import contract
from loyalty_api.contract import BookingType
from loyalty_api.engine import coupon_records, records
from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.models import Booking, LevelBooking, Transaction
from loyalty_api.engine.places import places_of
from selfservice.programs.models import Program

Row = TypeVar("Row", Booking, LevelBooking, Transaction, CouponRedemption)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A booking, and what the account had after it, points that were locked included."""

    booking: contract.Booking
    balance_after: int


def has_bookings(program: Program) -> bool:
    return Booking.objects.filter(program=program).exists()


def bookings_page(*, program: Program, account_id: str, balance: int, before: str, limit: int) -> list[LedgerLine]:
    """At most `limit` lines that are older than the line `before`; without one the newest. `balance` is what the
    account has now, locked points included."""
    of_account = Booking.objects.filter(program=program, account_id=account_id)
    found = _older(of_account.select_related("lock"), before)[:limit]
    lines = list(found)
    places = places_of(program=program, interaction_ids=(row.interaction_id for row in lines))
    newest = balance - (_sum(of_account.filter(id__gte=before)) if before else 0)
    after = accumulate((-_signed(row) for row in lines), initial=newest)
    return [LedgerLine(records.booking(row, places), points) for row, points in zip(lines, after, strict=False)]


def level_bookings_page(*, program: Program, account_id: str, before: str, limit: int) -> list[contract.LevelBooking]:
    rows = LevelBooking.objects.filter(account__program=program, account_id=account_id)
    return [records.level_booking(row) for row in _older(rows, before)[:limit]]


def transactions_page(*, program: Program, account_id: str, before: str, limit: int) -> list[contract.Transaction]:
    rows = Transaction.objects.filter(program=program, account_id=account_id)
    return [records.transaction(row) for row in _older(rows, before)[:limit]]


def redemptions_page(*, program: Program, account_id: str, before: str, limit: int) -> list[contract.Redemption]:
    rows = CouponRedemption.objects.filter(program=program, account_id=account_id)
    return [coupon_records.redemption(row) for row in _older(rows, before)[:limit]]


def _older(rows: QuerySet[Row], before: str) -> QuerySet[Row]:
    rows = rows.order_by("-id")
    return rows.filter(id__lt=before) if before else rows


def _signed(row: Booking) -> int:
    return row.points if row.booking_type == BookingType.EARN else -row.points


def _sum(rows: QuerySet[Booking]) -> int:
    sign = Case(When(booking_type=BookingType.EARN, then=Value(1)), default=Value(-1))
    return int(rows.aggregate(sum=Sum(F("points") * sign))["sum"] or 0)
