"""The points ledger. A line is added, and the account's balance with it; nothing is edited."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import BookingType, Conflict, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import accounts, events, locks, records, rules
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.models import Account, Booking
from selfservice.database import rows
from selfservice.database.rows import Change
from selfservice.programs.models import Program

MAX_POINTS = 1_000_000_000
CORRECTION = "COR"
_LINE = """
INSERT INTO engine_booking (id, program_id, account_id, booking_type, type_code, points, reason, reference_id,
                            external_id, campaign_id, interaction_id, locked_until, value_at, booked_at)
VALUES (%(id)s, %(program_id)s, %(account_id)s, %(booking_type)s, %(type_code)s, %(points)s, %(reason)s,
        %(reference_id)s, %(external_id)s, %(campaign_id)s, %(interaction_id)s, %(locked_until)s, %(value_at)s,
        %(booked_at)s)
"""
_BALANCE = """
UPDATE engine_account SET points = %(balance)s, locked_points = %(locked)s, last_activity_at = %(active)s
 WHERE id = %(account_id)s
"""
_LINE_AND_BALANCE = f"balance AS ({_BALANCE}), line AS ({_LINE})"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a booking comes from; all of it is optional. `external_id` is unique in the program, for all time.

    An earning with a `locked_until` that lies ahead cannot be spent before.
    """

    reason: str = ""
    reference_id: str = ""
    external_id: str = ""
    campaign_id: str = ""
    interaction_id: str = ""
    value_at: datetime | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One booking of a series."""

    booking_type: BookingType
    type_code: str
    points: int
    now: datetime
    origin: Origin


def book_points(
    *,
    program: Program,
    account_id: str,
    booking_type: BookingType,
    type_code: str,
    points: int,
    now: datetime,
    origin: Origin | None = None,
    found: tuple[Any, ...] = (),
    along: Callable[[contract.Booking], Change] | None = None,
) -> contract.Booking:
    """Adds or takes points. `found` is what `standing.account_along` has read in the caller's transaction, and `along`
    makes of the booking what is stored with it.

    Raises NotFound, Conflict for a known external id, or LoyaltyError: POINTS_INVALID, BOOKING_TYPE_CODE_UNKNOWN,
    ACCOUNT_LOCKED, LOCK_INVALID, MEMBERSHIP_REQUIRED, INSUFFICIENT_POINTS. Nothing has changed then, and nothing is
    told.
    """
    origin = origin or Origin()
    require_bookable(program, type_code=type_code, points=points)
    with _known_external_id(), _transaction_for(origin):
        scene = accounts.lock_with_owner(program=program, account_id=account_id, now=now, found=found)
        account = scene.account
        accounts.require_active(account)
        _require_allowed(scene, booking_type=booking_type, points=points, origin=origin)
        booking = _applied(
            account, booking_type=booking_type, type_code=type_code, points=points, now=now, origin=origin
        )
        booked = records.booking(booking)
        change = _stored(booking) + along(booked) if along else _stored(booking)
        if origin.external_id:
            # Who waits for a transaction that has the same id must not hold a lane that it may need.
            rows.apply(change)
        told = [balance_changed(scene, booking)]
        events.emit(program=program, events=told, along=None if origin.external_id else change)
    return booked


def book_series(*, program: Program, account_id: str, orders: Sequence[Order]) -> list[LoyaltyError | None]:
    """Books one after the other as `book_points` does, and gives what each was refused with.

    The account is locked and stored once: a row that one transaction writes a thousand times is read slower each time.
    Raises NotFound, or LoyaltyError with ACCOUNT_LOCKED.
    """
    told: list[LoyaltyEvent] = []
    refused: list[LoyaltyError | None] = []
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        accounts.require_active(account)
        scene = events.owner_scene(account, now=orders[0].now)
        for order in orders:
            before = account.points, account.locked_points, account.last_activity_at
            try:
                told.append(_book_next(replace(scene, now=order.now), order))
                refused.append(None)
            except LoyaltyError as error:
                account.points, account.locked_points, account.last_activity_at = before
                refused.append(error)
        rows.write(_BALANCE, {"account_id": account.id} | _balance(account))
        events.emit(program=program, events=told)
    return refused


def _book_next(scene: events.Scene, order: Order) -> LoyaltyEvent:
    account, origin = scene.account, order.origin
    require_bookable(account.program, type_code=order.type_code, points=order.points)
    _require_allowed(scene, booking_type=order.booking_type, points=order.points, origin=origin)
    with _known_external_id(), transaction.atomic():
        booking = _applied(
            account,
            booking_type=order.booking_type,
            type_code=order.type_code,
            points=order.points,
            now=order.now,
            origin=origin,
        )
        rows.write(_LINE, vars(booking))
    return balance_changed(scene, booking)


def _known_external_id() -> AbstractContextManager[None]:
    return conflict_on(
        "booking_external_id_unique", code="EXTERNAL_ID_EXISTS", message="This external id was booked before."
    )


def correct_booking(
    *, program: Program, account_id: str, booking_id: str, now: datetime, reason: str = ""
) -> contract.Booking:
    """The opposite of a booking, once. An earning's points are taken out of what is locked of it first.

    Raises NotFound, Conflict with BOOKING_CORRECTED, or LoyaltyError: ACCOUNT_LOCKED, INSUFFICIENT_POINTS.
    """
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        accounts.require_active(account)
        wrong = Booking.objects.filter(account=account, id=booking_id).first()
        if wrong is None:
            raise NotFound("BOOKING_NOT_FOUND", "There is no such booking on this account.")
        if Booking.objects.filter(account=account, reference_id=wrong.id, type_code=CORRECTION).exists():
            raise Conflict("BOOKING_CORRECTED", "This booking was corrected before.")
        opposite = BookingType.BURN if wrong.booking_type == BookingType.EARN else BookingType.EARN
        taken = 0
        if opposite == BookingType.BURN:
            taken = locks.take_locked(account, points=wrong.points, booking_ids=[wrong.id])
            require_enough(account, wrong.points - taken)
        booking = add_booking(
            account,
            booking_type=opposite,
            type_code=CORRECTION,
            points=wrong.points,
            now=now,
            origin=Origin(reason=reason, reference_id=wrong.id),
            from_locked=taken,
        )
        scene = events.owner_scene(account, now=now)
        events.emit(program=program, events=[balance_changed(scene, booking, from_locked=taken)])
    return records.booking(booking)


def require_bookable(program: Program, *, type_code: str, points: int) -> None:
    if not 1 <= points <= MAX_POINTS:
        raise LoyaltyError("POINTS_INVALID", f"Points are a whole number from 1 to {MAX_POINTS}.")
    if not type_code or (program.booking_type_codes and type_code not in program.booking_type_codes):
        raise LoyaltyError("BOOKING_TYPE_CODE_UNKNOWN", "The program does not know this booking type code.")


def _require_allowed(scene: events.Scene, *, booking_type: BookingType, points: int, origin: Origin) -> None:
    if booking_type == BookingType.BURN:
        if origin.locked_until:
            raise LoyaltyError("LOCK_INVALID", "Only points that are added can be locked.")
        if scene.member is None:
            rules.require_member_to_burn(scene.account)
        require_enough(scene.account, points)
    elif scene.member is None:
        rules.require_member_to_earn(scene.account)


def _transaction_for(origin: Origin) -> AbstractContextManager[None]:
    """Inside a transaction of the caller's, one more is a savepoint: needed only for what the database may refuse,
    a known external id. All else is refused before anything is stored."""
    is_inside = transaction.get_connection().in_atomic_block
    return nullcontext() if is_inside and not origin.external_id else transaction.atomic()


def require_enough(account: Account, points: int) -> None:
    if points > account.points:
        raise LoyaltyError("INSUFFICIENT_POINTS", "The account has fewer points than this booking takes.")


def add_booking(
    account: Account,
    *,
    booking_type: BookingType,
    type_code: str,
    points: int,
    now: datetime,
    origin: Origin,
    from_locked: int = 0,
    is_activity: bool = True,
) -> Booking:
    """One line and the balance after it, stored by one statement; the caller has locked the account.

    `from_locked` says how many of a burn's points `locks.take_locked` took already. `is_activity` is false for what
    the member did not do.
    """
    booking = _applied(
        account,
        booking_type=booking_type,
        type_code=type_code,
        points=points,
        now=now,
        origin=origin,
        from_locked=from_locked,
        is_activity=is_activity,
    )
    rows.apply(_stored(booking))
    return booking


def _stored(booking: Booking) -> Change:
    """The line, with the balance after it."""
    return Change(_LINE_AND_BALANCE, vars(booking) | _balance(booking.account))


def _applied(
    account: Account,
    *,
    booking_type: BookingType,
    type_code: str,
    points: int,
    now: datetime,
    origin: Origin,
    from_locked: int = 0,
    is_activity: bool = True,
) -> Booking:
    """The line, and the balance after it on the account; neither is stored yet."""
    is_earning = booking_type == BookingType.EARN
    locked_until = origin.locked_until if origin.locked_until and origin.locked_until > now else None
    booking = Booking(
        program_id=account.program_id,
        account=account,
        booking_type=booking_type.value,
        type_code=type_code,
        points=points,
        reason=origin.reason,
        reference_id=origin.reference_id,
        external_id=origin.external_id,
        campaign_id=origin.campaign_id,
        interaction_id=origin.interaction_id,
        value_at=origin.value_at,
        locked_until=locked_until if is_earning else None,
        booked_at=now,
    )
    if is_earning and locked_until:
        locks.lock_booking(account, booking, until=locked_until)
    else:
        account.points += points if is_earning else from_locked - points
    if is_activity and (account.last_activity_at is None or account.last_activity_at < now):
        account.last_activity_at = now
    return booking


def _balance(account: Account) -> dict[str, Any]:
    return {"balance": account.points, "locked": account.locked_points, "active": account.last_activity_at}


def balance_changed(scene: events.Scene, booking: Booking, *, from_locked: int = 0) -> LoyaltyEvent:
    if booking.booking_type == BookingType.EARN:
        delta = 0 if booking.locked_until else booking.points
    else:
        delta = from_locked - booking.points
    return scene.balance_changed(events.booking_data(booking, delta=delta))
