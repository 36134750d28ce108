"""Receipts: stored, rated, and booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import BookingType, EventType, LineItem, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import accounts, events, points, records, tiers
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.models import Account, Booking, Transaction
from loyalty_api.engine.rules import rules_of
from selfservice.programs.models import Program

EARN = "EARNTRANSACTION"
TYPE_CODE = "TRX"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A finished receipt. `original_*` name the one whose goods come back; the amount is negative then."""

    amount: Decimal
    transaction_type: str = EARN
    currency: str = ""
    transaction_time: datetime | None = None
    external_id: str = ""
    original_transaction_id: str = ""
    original_external_id: str = ""
    reason: str = ""
    interaction_id: str = ""
    line_items: Sequence[LineItem] = ()


def record_transaction(*, program: Program, account_id: str, receipt: Receipt, now: datetime) -> contract.Transaction:
    """Stores and rates a receipt: points and status points for its amount, rounded down once, and the level with them.

    A negative amount takes points back, below zero if they were spent. Raises NotFound, Conflict for a known external
    id, or LoyaltyError: TRANSACTION_TYPE_UNSUPPORTED, AMOUNT_MISMATCH, ACCOUNT_LOCKED.
    """
    _require_sound(receipt)
    repeated = conflict_on(
        "transaction_external_id_unique", code="EXTERNAL_ID_EXISTS", message="This receipt was recorded before."
    )
    with repeated, transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        accounts.require_active(account)
        row = _store(account, receipt, now=now)
        scene = events.owner_scene(account, now=now)
        told = [scene.event(EventType.ACCOUNT_TRANSACTION, events.transaction_data(row))]
        booking = _book(account, row, now=now, reason=receipt.reason)
        told += _told_of_balance(scene, row, booking)
        account.save(update_fields=["points", "status_points", "level"])
        events.emit(program=program, events=told)
    return records.transaction(row, bookings=(records.booking(booking),) if booking else ())


def list_transactions(*, program: Program, account_id: str, limit: int, offset: int = 0) -> list[contract.Transaction]:
    """Newest first."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = Transaction.objects.filter(account=account).order_by("-id")[offset : offset + limit]
    return [records.transaction(row) for row in rows]


def count_transactions(*, program: Program, account_id: str) -> int:
    return Transaction.objects.filter(program=program, account_id=account_id).count()


def get_transaction(*, org: str, transaction_id: str) -> contract.Transaction:
    row = Transaction.objects.filter(program__org=org, id=transaction_id).first()
    if row is None:
        raise NotFound("TRANSACTION_NOT_FOUND", "There is no such receipt.")
    return records.transaction(row)


def _require_sound(receipt: Receipt) -> None:
    if receipt.transaction_type != EARN:
        raise LoyaltyError("TRANSACTION_TYPE_UNSUPPORTED", f"Only {EARN} can be recorded.")
    total = sum((line.extended_amount for line in receipt.line_items), Decimal(0))
    if receipt.line_items and total != receipt.amount:
        raise LoyaltyError("AMOUNT_MISMATCH", f"The amount is {receipt.amount}, the lines add up to {total}.")


def _store(account: Account, receipt: Receipt, *, now: datetime) -> Transaction:
    rule = rules_of(account.program)
    return Transaction.objects.create(
        program_id=account.program_id,
        account=account,
        transaction_type=receipt.transaction_type,
        amount=receipt.amount,
        currency=receipt.currency or account.program.currency,
        transaction_time=receipt.transaction_time or now,
        external_id=receipt.external_id,
        original=_original(account, receipt),
        reason=receipt.reason,
        points=_worth(receipt.amount, rule.points_per_unit),
        status_points=_worth(receipt.amount, rule.status_points_per_unit),
        line_items=[records.stored_line(line) for line in receipt.line_items],
        interaction_id=receipt.interaction_id,
        created_at=now,
    )


def _original(account: Account, receipt: Receipt) -> Transaction | None:
    if not receipt.original_transaction_id and not receipt.original_external_id:
        return None
    rows = Transaction.objects.filter(program_id=account.program_id)
    if receipt.original_transaction_id:
        rows = rows.filter(id=receipt.original_transaction_id)
    if receipt.original_external_id:
        rows = rows.filter(external_id=receipt.original_external_id)
    original = rows.first()
    if original is None:
        raise NotFound("TRANSACTION_NOT_FOUND", "The original receipt is not known in this program.")
    return original


def _worth(amount: Decimal, per_unit: Decimal) -> int:
    """Rounded towards zero, so that a full return takes back exactly what the purchase gave."""
    return int((amount * per_unit).quantize(Decimal(1), rounding=ROUND_DOWN))


def _book(account: Account, row: Transaction, *, now: datetime, reason: str) -> Booking | None:
    if row.status_points:
        points.add_level_booking(account, points=row.status_points, now=now, reason=reason, reference_id=row.id)
    if not row.points:
        return None
    return points.add_booking(
        account,
        booking_type=BookingType.EARN if row.points > 0 else BookingType.BURN,
        type_code=TYPE_CODE,
        points=abs(row.points),
        now=now,
        origin=points.Origin(reason=reason, reference_id=row.id, interaction_id=row.interaction_id),
    )


def _told_of_balance(scene: events.Scene, row: Transaction, booking: Booking | None) -> list[LoyaltyEvent]:
    level_events = tiers.apply_status_points(scene) if row.status_points else []
    if booking:
        return [points.balance_changed(scene, booking), *level_events]
    if row.status_points:
        return [scene.event(EventType.BALANCE_CHANGED, events.balance_data(scene.account)), *level_events]
    return []
