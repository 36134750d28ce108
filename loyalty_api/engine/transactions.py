"""Receipts of accounts: stored, rated, and booked in one go."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import BookingType, Conflict, EventType, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import accounts, events, locks, points, records, status_points, tiers
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.coupon_effects import consume_effects
from loyalty_api.engine.models import Account, Booking, ProgramRules, Transaction, TransactionStatus
from loyalty_api.engine.places import places_of
from loyalty_api.engine.receipt_rating import rate
from loyalty_api.engine.receipts import EARN, PAY, TYPES, Receipt, keep_image, receipt_of, received, sound
from loyalty_api.engine.rules import require_member_to_burn, require_member_to_earn, rules_of
from selfservice.programs.models import Program

TYPE_CODES = {EARN: "TRX", PAY: "PWP"}


@dataclass(frozen=True, slots=True)
class _Booked:
    bookings: Sequence[Booking]
    told: Sequence[LoyaltyEvent]


def record_transaction(*, program: Program, account_id: str, receipt: Receipt, now: datetime) -> contract.Transaction:
    """Stores and rates a receipt: points and status points for what it sells, and the level with them.

    What comes back takes points away, out of locked ones first, and below zero if they were spent. Raises NotFound,
    Conflict for a known external id, or LoyaltyError: TRANSACTION_TYPE_UNSUPPORTED, AMOUNT_MISMATCH, ACCOUNT_LOCKED,
    MEMBERSHIP_REQUIRED, INSUFFICIENT_POINTS, CURRENCY_UNKNOWN, ORIGINAL_NOT_FITTING, POINTS_INVALID.
    """
    receipt = sound(receipt)
    with _known_receipt(), transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        rules = rules_of(program)
        row = received(program, receipt, rules=rules, now=now, for_update=True)
        return _settle(account, row, receipt, rules=rules, now=now)


def record_anonymous(*, program: Program, receipt: Receipt, now: datetime) -> contract.Transaction:
    """Stores a receipt that nobody has shown a card for. It earns nothing until it is incentivated.

    Raises NotFound, Conflict for a known external id, or LoyaltyError: TRANSACTION_TYPE_UNSUPPORTED, AMOUNT_MISMATCH,
    CURRENCY_UNKNOWN.
    """
    receipt = sound(receipt)
    if TYPES[receipt.transaction_type] != EARN:
        raise LoyaltyError("TRANSACTION_TYPE_UNSUPPORTED", "Only an account can pay with points.")
    with _known_receipt(), transaction.atomic():
        row = received(program, receipt, rules=rules_of(program), now=now, for_update=True)
        row.save(force_insert=True)
        keep_image(row, receipt)
    return records.transaction(row)


def incentivate(*, program: Program, account_id: str, transaction_id: str, now: datetime) -> contract.Transaction:
    """Gives a stored anonymous receipt to the account, and rates it. Once only.

    Raises as `record_transaction`; Conflict with TRANSACTION_RATED for a receipt that has an account, or of which goods
    came back already.
    """
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        row = Transaction.objects.select_for_update(no_key=True).filter(program=program, id=transaction_id).first()
        if row is None:
            raise transaction_not_found()
        if row.status != TransactionStatus.RECEIVED or row.original_id or row.returns.exists():
            raise Conflict("TRANSACTION_RATED", "This receipt was rated before, or its goods came back.")
        receipt = receipt_of(row)
        row.amount = receipt.amount
        return _settle(account, row, receipt, rules=rules_of(program), now=now)


def preview_transaction(
    *, program: Program, account_id: str, receipt: Receipt, now: datetime
) -> contract.RatingPreview:
    """What the receipt would give, or the refusal that it would get. Nothing is stored, nothing is told."""
    receipt = sound(receipt)
    account = accounts.find_account(program=program, account_id=account_id)
    account.program = program
    rules = rules_of(program)
    row = received(program, receipt, rules=rules, now=now, for_update=False)
    _require_allowed(account, row, rules)
    rated = rate(account, row, receipt, rules=rules, now=now, for_update=False)
    if row.transaction_type != EARN and rated.rating.points < 0:
        points.require_enough(account, -rated.rating.points)
    return contract.RatingPreview(
        points=rated.rating.points,
        status_points=rated.rating.status_points,
        multiplier=rated.effects.multiplier,
        extra_points=rated.effects.extra_points,
        coupon_ids=rated.effects.coupon_ids,
    )


def transaction_not_found() -> NotFound:
    return NotFound("TRANSACTION_NOT_FOUND", "There is no such receipt.")


def _settle(
    account: Account, row: Transaction, receipt: Receipt, *, rules: ProgramRules, now: datetime
) -> contract.Transaction:
    """Everything that a receipt does to its account, which the caller has locked."""
    _require_allowed(account, row, rules)
    rated = rate(account, row, receipt, rules=rules, now=now, for_update=True)
    row.account, row.status, row.rating = account, TransactionStatus.RATED, rated.stored
    row.points, row.status_points = rated.rating.points, rated.rating.status_points
    row.line_items = rated.lines
    row.save()
    keep_image(row, receipt)
    scene = events.owner_scene(account, now=now)
    told = [scene.event(EventType.ACCOUNT_TRANSACTION, events.transaction_data(row))]
    told += consume_effects(scene, rated.effects, transaction_id=row.id, interaction_id=row.interaction_id)
    booked = _book(scene, row, rules=rules)
    account.save(update_fields=["status_points", *tiers.LEVEL_FIELDS])
    events.emit(program=account.program, events=[*told, *booked.told])
    places = places_of(program=account.program, interaction_ids=(booking.interaction_id for booking in booked.bookings))
    return records.transaction(row, bookings=tuple(records.booking(booking, places) for booking in booked.bookings))


def _require_allowed(account: Account, row: Transaction, rules: ProgramRules) -> None:
    """Goods and payments may come back whoever brings them."""
    accounts.require_active(account)
    if row.amount >= 0 and row.transaction_type == EARN and not rules.anonymous_earn:
        require_member_to_earn(account)
    if row.amount >= 0 and row.transaction_type == PAY and not rules.anonymous_burn:
        require_member_to_burn(account)


def _book(scene: events.Scene, row: Transaction, *, rules: ProgramRules) -> _Booked:
    """The lines in both ledgers, and what is told of them: the balance, then the level."""
    bookings, told = [], []
    if row.status_points:
        status_points.add_level_booking(
            scene.account, points=row.status_points, now=scene.now, reason=row.reason, reference_id=row.id
        )
    # Settled first, because the balance is told with the way to the next level.
    level_changed = tiers.settle_level(scene) if row.status_points else []
    if row.points:
        taken = _take_locked(scene.account, row)
        bookings.append(_book_points(scene, row, rules=rules, taken=taken))
        told.append(points.balance_changed(scene, bookings[0], from_locked=taken))
    elif row.status_points:
        told.append(scene.balance_changed({}))
    return _Booked(bookings, [*told, *level_changed])


def _take_locked(account: Account, row: Transaction) -> int:
    """A return takes what is locked of its original first; without a link, of the newest receipts."""
    if row.points > 0 or row.transaction_type != EARN:
        return 0
    locked = Booking.objects.filter(account=account, lock__isnull=False, type_code=TYPE_CODES[EARN])
    if row.original_id:
        locked = locked.filter(reference_id=row.original_id)
    return locks.take_locked(account, points=-row.points, booking_ids=locked.values_list("id", flat=True))


def _book_points(scene: events.Scene, row: Transaction, *, rules: ProgramRules, taken: int) -> Booking:
    account, is_payment = scene.account, row.transaction_type != EARN
    if is_payment and row.points < 0:
        points.require_enough(account, -row.points)
    return points.add_booking(
        account,
        booking_type=BookingType.EARN if row.points > 0 else BookingType.BURN,
        type_code=TYPE_CODES[row.transaction_type],
        points=abs(row.points),
        now=scene.now,
        origin=points.Origin(
            reason=row.reason,
            reference_id=row.id,
            interaction_id=row.interaction_id,
            value_at=row.value_at,
            locked_until=None if is_payment else _locked_until(row, rules=rules, now=scene.now),
        ),
        from_locked=taken,
    )


def _locked_until(row: Transaction, *, rules: ProgramRules, now: datetime) -> datetime | None:
    """Counted from the purchase, which a till may tell late, but never from a moment ahead."""
    return min(row.transaction_time, now) + timedelta(days=rules.lock_days) if rules.lock_days else None


def _known_receipt() -> AbstractContextManager[None]:
    return conflict_on(
        "transaction_external_id_unique", code="EXTERNAL_ID_EXISTS", message="This receipt was recorded before."
    )
