"""Points that were earned and cannot be spent yet: locked with a booking, freed by time, made fewer by a return."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from loyalty_api.engine import accounts, events
from loyalty_api.engine.models import Account, Booking, PointsLock
from selfservice.programs.models import Program

BATCH = 500


def lock_booking(account: Account, booking: Booking, *, until: datetime) -> None:
    """Counts an earning as locked; the caller has locked the account and saves it."""
    account.locked_points += booking.points
    PointsLock.objects.create(booking=booking, account=account, points=booking.points, unlock_at=until)


def take_locked(account: Account, *, points: int, booking_ids: Iterable[str]) -> int:
    """Takes at most these points out of what is locked of these bookings, and says how many it took.

    The caller has locked the account, books the same points as a burn, and saves it.
    """
    left = points
    for lock in PointsLock.objects.filter(account=account, booking_id__in=list(booking_ids)).order_by("-booking_id"):
        taken = min(left, lock.points)
        left -= taken
        if taken == lock.points:
            lock.delete()
        elif taken:
            lock.points -= taken
            lock.save(update_fields=["points"])
    account.locked_points -= points - left
    return points - left


def unlock_due(*, now: datetime) -> int:
    """Frees what is due, account by account, each in a transaction of its own; says how many earnings became free.

    May run twice at once, or stop half way: what is free already is not freed again.
    """
    freed, last = 0, ""
    while batch := _accounts_due(now, after=last):
        for account_id, program in batch:
            freed += _unlock(program, account_id, now=now)
        last = batch[-1][0]
    return freed


def _accounts_due(now: datetime, *, after: str) -> list[tuple[str, Program]]:
    due = PointsLock.objects.filter(unlock_at__lte=now, account_id__gt=after, account__deleted_at=None).order_by(
        "account_id"
    )
    ids = due.values_list("account_id", flat=True).distinct()[:BATCH]
    rows = Account.objects.filter(id__in=list(ids)).select_related("program").order_by("id")
    return [(row.id, row.program) for row in rows]


def _unlock(program: Program, account_id: str, *, now: datetime) -> int:
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=account_id)
        due = PointsLock.objects.filter(account=account, unlock_at__lte=now).select_related("booking")
        scene, told = events.owner_scene(account, now=now), []
        for lock in due.order_by("booking_id"):
            account.points += lock.points
            account.locked_points -= lock.points
            told.append(scene.balance_changed(events.booking_data(lock.booking, delta=lock.points)))
            lock.delete()
        account.save(update_fields=["points", "locked_points"])
        events.emit(program=program, events=told)
    return len(told)
