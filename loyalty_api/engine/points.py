"""The two ledgers: points, and status points. A line is added, and the account's balance with it; nothing is edited."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import BookingType, EventType, LoyaltyError, LoyaltyEvent, NotFound
from loyalty_api.engine import accounts, events, records, tiers
from loyalty_api.engine.conflicts import conflict_on
from loyalty_api.engine.models import Account, Booking, LevelBooking
from selfservice.programs.models import Program

MAX_POINTS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a booking comes from; all of it is optional. `external_id` is unique in the program, for all time."""

    reason: str = ""
    reference_id: str = ""
    external_id: str = ""
    campaign_id: str = ""
    interaction_id: str = ""


def book_points(
    *,
    program: Program,
    account_id: str,
    booking_type: BookingType,
    type_code: str,
    points: int,
    now: datetime,
    origin: Origin | None = None,
) -> contract.Booking:
    """Adds or takes points.

    Raises NotFound, Conflict for a known external id, or LoyaltyError: POINTS_INVALID, BOOKING_TYPE_CODE_UNKNOWN,
    ACCOUNT_LOCKED, INSUFFICIENT_POINTS. Nothing has changed then, and nothing is told.
    """
    origin = origin or Origin()
    require_bookable(program, type_code=type_code, points=points)
    repeated = conflict_on(
        "booking_external_id_unique", code="EXTERNAL_ID_EXISTS", message="This external id was booked before."
    )
    with repeated, transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        accounts.require_active(account)
        if booking_type == BookingType.BURN and points > account.points:
            raise LoyaltyError("INSUFFICIENT_POINTS", "The account has fewer points than this booking takes.")
        booking = add_booking(
            account, booking_type=booking_type, type_code=type_code, points=points, now=now, origin=origin
        )
        account.save(update_fields=["points"])
        scene = events.owner_scene(account, now=now)
        events.emit(program=program, events=[balance_changed(scene, booking)])
    return records.booking(booking)


def book_level_points(
    *, program: Program, account_id: str, points: int, now: datetime, reason: str = ""
) -> contract.LevelStatus:
    """Adds status points, or takes them when negative. A level is gained at once and kept when points are taken."""
    if points == 0 or abs(points) > MAX_POINTS:
        raise LoyaltyError("POINTS_INVALID", "Status points are a whole number other than zero.")
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        accounts.require_active(account)
        line = add_level_booking(account, points=points, now=now, reason=reason)
        scene = events.owner_scene(account, now=now)
        level_events = tiers.apply_status_points(scene)
        account.save(update_fields=["status_points", "level"])
        data = events.balance_data(account) | {"bookingId": line.id, "reason": reason}
        changed = scene.event(EventType.BALANCE_CHANGED, data)
        events.emit(program=program, events=[changed, *level_events])
    return tiers.level_status(tiers.levels_of(program), status_points=account.status_points, current=account.level)


def list_bookings(*, program: Program, account_id: str, limit: int, offset: int = 0) -> list[contract.Booking]:
    """Newest first."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = Booking.objects.filter(account=account).order_by("-id")[offset : offset + limit]
    return [records.booking(row) for row in rows]


def count_bookings(*, program: Program, account_id: str) -> int:
    return Booking.objects.filter(account__program=program, account_id=account_id).count()


def get_booking(*, program: Program, account_id: str, booking_id: str) -> contract.Booking:
    row = Booking.objects.filter(program=program, account_id=account_id, id=booking_id).first()
    if row is None:
        raise NotFound("BOOKING_NOT_FOUND", "There is no such booking on this account.")
    return records.booking(row)


def require_bookable(program: Program, *, type_code: str, points: int) -> None:
    if not 1 <= points <= MAX_POINTS:
        raise LoyaltyError("POINTS_INVALID", f"Points are a whole number from 1 to {MAX_POINTS}.")
    if not type_code or (program.booking_type_codes and type_code not in program.booking_type_codes):
        raise LoyaltyError("BOOKING_TYPE_CODE_UNKNOWN", "The program does not know this booking type code.")


def add_booking(
    account: Account, *, booking_type: BookingType, type_code: str, points: int, now: datetime, origin: Origin
) -> Booking:
    """One line and its effect on the balance; the caller has locked the account and saves it."""
    account.points += points if booking_type == BookingType.EARN else -points
    return Booking.objects.create(
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
        booked_at=now,
    )


def add_level_booking(
    account: Account, *, points: int, now: datetime, reason: str = "", reference_id: str = ""
) -> LevelBooking:
    """As `add_booking`, for status points."""
    account.status_points += points
    return LevelBooking.objects.create(
        account=account, points=points, reason=reason, reference_id=reference_id, booked_at=now
    )


def balance_changed(scene: events.Scene, booking: Booking) -> LoyaltyEvent:
    return scene.event(EventType.BALANCE_CHANGED, events.booking_data(scene.account, booking))
