"""The ledger of status points, from which levels follow."""

from datetime import datetime

from django.db import transaction

from loyalty_api import contract
from loyalty_api.contract import LoyaltyError
from loyalty_api.engine import accounts, events, records, tiers
from loyalty_api.engine.models import Account, LevelBooking
from loyalty_api.engine.points import MAX_POINTS
from selfservice.programs.models import Program


def book_level_points(
    *, program: Program, account_id: str, points: int, now: datetime, reason: str = ""
) -> contract.LevelBooking:
    """Adds status points, or takes them when negative. A level is gained at once, and held when points are taken.

    Raises NotFound, or LoyaltyError: POINTS_INVALID, ACCOUNT_LOCKED, INSUFFICIENT_POINTS.
    """
    if points == 0 or abs(points) > MAX_POINTS:
        raise LoyaltyError("POINTS_INVALID", "Status points are a whole number other than zero.")
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        accounts.require_active(account)
        if points < 0 and account.status_points + points < 0:
            raise LoyaltyError("INSUFFICIENT_POINTS", "The account has fewer status points than this takes.")
        line = add_level_booking(account, points=points, now=now, reason=reason)
        scene = events.owner_scene(account, now=now)
        level_events = tiers.settle_level(scene)
        account.save(update_fields=["status_points", *tiers.LEVEL_FIELDS])
        changed = scene.balance_changed({"bookingId": line.id, "reason": reason})
        events.emit(program=program, events=[changed, *level_events])
    return records.level_booking(line)


def list_level_bookings(
    *, program: Program, account_id: str, limit: int, offset: int = 0
) -> list[contract.LevelBooking]:
    """Newest first."""
    account = accounts.find_account(program=program, account_id=account_id)
    rows = LevelBooking.objects.filter(account=account).order_by("-id")[offset : offset + limit]
    return [records.level_booking(row) for row in rows]


def count_level_bookings(*, program: Program, account_id: str) -> int:
    return LevelBooking.objects.filter(account__program=program, account_id=account_id).count()


def add_level_booking(
    account: Account, *, points: int, now: datetime, reason: str = "", reference_id: str = ""
) -> LevelBooking:
    """One line and its effect; the caller has locked the account and saves it."""
    account.status_points += points
    return LevelBooking.objects.create(
        account=account, points=points, reason=reason, reference_id=reference_id, booked_at=now
    )
