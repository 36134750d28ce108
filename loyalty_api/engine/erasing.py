"""Erases a member: the people, the codes and all that says who they were go, the ledger's lines stay without a name."""

from datetime import datetime

from django.db import transaction

from loyalty_api.contract import BookingType, EventType, LoyaltyEvent, MemberMarks
from loyalty_api.engine import accounts, events, locks, points
from loyalty_api.engine.closing import close
from loyalty_api.engine.models import (
    Account,
    AccountCoupon,
    AssignmentReference,
    Booking,
    FraudCase,
    Identifier,
    LevelBooking,
    Membership,
    PointsExpiry,
    PointsLock,
    ReceiptImage,
    Transaction,
    User,
)
from loyalty_api.engine.search_words import refresh_words
from loyalty_api.engine.users import lock_user
from selfservice.programs.models import Program

# The line that takes what points were left, so that nobody owes them.
TYPE_CODE = "ERASED"
_GONE = (Membership, Identifier, AccountCoupon, AssignmentReference, FraudCase, PointsExpiry)


def marks_of(*, program: Program, account_id: str) -> MemberMarks:
    """Locks the account and its people, in the caller's transaction. Raises NotFound."""
    account = accounts.lock_account(program=program, account_id=account_id)
    members = Membership.objects.filter(account=account).order_by("user_id")
    users = [lock_user(org=program.org, user_id=user_id) for user_id in members.values_list("user_id", flat=True)]
    elsewhere = Membership.objects.filter(user__in=users).exclude(account=account)
    kept = set(elsewhere.values_list("user_id", flat=True))
    told = [word for user in users if user.id not in kept for word in (user.email_address, user.phone)]
    codes = Identifier.objects.filter(account=account).values_list("code", "display_code")
    words = [*told, *(code for pair in codes for code in pair)]
    return MemberMarks(
        account_id=account.id,
        user_ids=tuple(user.id for user in users),
        kept_user_ids=tuple(user.id for user in users if user.id in kept),
        external_code=account.external_code,
        words=tuple(dict.fromkeys(filter(None, words))),
    )


def erase_account(*, program: Program, marks: MemberMarks, now: datetime, is_told: bool) -> None:
    """Deletes the people who are members nowhere else, the account's codes, coupons and texts, and takes what points
    are left. Bookings, status points, receipts and redemptions stay under the account's id.

    `is_told` lets the memberships' end be told: without it nobody hears anything. Raises NotFound.
    """
    with transaction.atomic():
        account = accounts.lock_account(program=program, account_id=marks.account_id)
        told = _endings(account, now=now) if is_told else []
        _take_points(account, now=now)
        for model in _GONE:
            model._base_manager.filter(account=account).delete()
        _remove_texts(account)
        account.custom_properties, account.external_code = {}, ""
        account.save(update_fields=["custom_properties", "external_code"])
        close(account, now=now)
        refresh_words([account])
        User.objects.filter(org=program.org, id__in=marks.gone_user_ids).delete()
        events.emit(program=program, events=told)


def _endings(account: Account, *, now: datetime) -> list[LoyaltyEvent]:
    told = []
    for membership in Membership.objects.filter(account=account):
        scene = events.Scene(account=account, now=now, member=membership)
        told.append(scene.event(EventType.MEMBERSHIP_TERMINATED, events.membership_data(membership)))
    return told


def _take_points(account: Account, *, now: datetime) -> None:
    left = max(account.points, 0) + account.locked_points
    if not left:
        return
    locked = PointsLock.objects.filter(account=account).values_list("booking_id", flat=True)
    taken = locks.take_locked(account, points=account.locked_points, booking_ids=list(locked))
    # `add_booking` takes what is locked as taken already.
    points.add_booking(
        account,
        booking_type=BookingType.BURN,
        type_code=TYPE_CODE,
        points=left,
        now=now,
        origin=points.Origin(),
        from_locked=taken,
        is_activity=False,
    )


def _remove_texts(account: Account) -> None:
    """What people or tills wrote beside the numbers may tell who the member was."""
    Booking.objects.filter(account=account).exclude(reason="").update(reason="")
    LevelBooking.objects.filter(account=account).exclude(reason="").update(reason="")
    ReceiptImage.objects.filter(transaction__account=account).delete()
    Transaction.objects.filter(account=account).update(reason="", receipt_image_url="", tender_items=[])
