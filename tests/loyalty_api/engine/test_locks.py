from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty_api.contract import BookingType, Conflict, LoyaltyError
from loyalty_api.engine.balances import get_booking, list_bookings
from loyalty_api.engine.locks import unlock_due
from loyalty_api.engine.models import Account, PointsLock, ProgramRules
from loyalty_api.engine.points import Origin, book_points, correct_booking
from loyalty_api.engine.receipts import Receipt
from loyalty_api.engine.transactions import record_transaction
from tests.factories.engine import AccountFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=14)

pytestmark = pytest.mark.django_db


def book(account, points, booking_type=BookingType.EARN, **origin):
    return book_points(
        program=account.program,
        account_id=account.id,
        booking_type=booking_type,
        type_code="TEST",
        points=points,
        now=NOW,
        origin=Origin(**origin),
    )


def buy(account, amount, **fields):
    receipt = Receipt(amount=Decimal(amount), **fields)
    return record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)


def balances(account):
    row = Account.objects.get(id=account.id)
    return row.points, row.locked_points


def test_locked_booking_is_not_available():
    account = AccountFactory(points=10)

    booking = book(account, 60, locked_until=LATER)

    [event] = recording.all_events()
    assert (booking.is_locked, booking.locked_until) == (True, LATER)
    assert balances(account) == (10, 60)
    assert (event.data["points"], event.data["lockedPoints"], event.data["delta"]) == (10, 60, 0)
    with pytest.raises(LoyaltyError, match="fewer points"):
        book(account, 11, BookingType.BURN)


def test_booking_locked_until_the_past_is_free():
    account = AccountFactory()

    assert not book(account, 60, locked_until=NOW).is_locked
    assert balances(account) == (60, 0)


def test_burn_cannot_be_locked():
    with pytest.raises(LoyaltyError) as caught:
        book(AccountFactory(points=5), 5, BookingType.BURN, locked_until=LATER)

    assert caught.value.code == "LOCK_INVALID"


def test_unlock_due_frees_at_the_moment_and_tells_it_once():
    account = AccountFactory()
    booking = book(account, 60, locked_until=LATER, reason="Bonus")
    recording.calls.clear()

    early, due, again = (unlock_due(now=moment) for moment in (LATER - timedelta(seconds=1), LATER, LATER))

    [event] = recording.all_events()
    assert (early, due, again) == (0, 1, 0)
    assert (event.type, event.data["delta"], event.data["bookingId"]) == ("BALANCE_CHANGED", 60, booking.id)
    assert (event.data["points"], event.data["lockedPoints"], event.data["reason"]) == (60, 0, "Bonus")
    assert balances(account) == (60, 0)
    assert not get_booking(program=account.program, account_id=account.id, booking_id=booking.id).is_locked


def test_unlock_due_of_several_accounts_beyond_a_batch(monkeypatch):
    monkeypatch.setattr("loyalty_api.engine.locks.BATCH", 2)
    accounts = [AccountFactory(status=status) for status in ("ACTIVE", "LOCKED", "ACTIVE", "ACTIVE", "ACTIVE")]
    Account.objects.update(status="ACTIVE")
    for account in accounts:
        book(account, 5, locked_until=LATER)
    Account.objects.filter(id=accounts[1].id).update(status="LOCKED")

    assert unlock_due(now=LATER) == 5
    assert {balances(account) for account in accounts} == {(5, 0)}


def test_receipt_is_locked_for_the_days_of_the_program():
    account = AccountFactory()
    ProgramRules.objects.create(program=account.program, lock_days=14)

    fresh = buy(account, "30", transaction_time=NOW + timedelta(days=9))
    late = buy(account, "40", transaction_time=NOW - timedelta(days=20))

    assert fresh.bookings[0].locked_until == LATER
    assert not late.bookings[0].is_locked
    assert balances(account) == (40, 30)


def test_return_takes_what_is_locked_first():
    account = AccountFactory(points=5)
    ProgramRules.objects.create(program=account.program, lock_days=14)
    bought = buy(account, "30")

    buy(account, "-12", original_transaction_id=bought.id)
    partly = balances(account)
    buy(account, "-18", original_transaction_id=bought.id)

    deltas = [event.data["delta"] for event in recording.all_events() if event.type == "BALANCE_CHANGED"]
    assert (partly, balances(account)) == ((5, 18), (5, 0))
    assert deltas == [0, 0, 0]
    assert unlock_due(now=LATER) == 0


def test_return_of_points_partly_unlocked_goes_below_zero():
    account = AccountFactory()
    ProgramRules.objects.create(program=account.program, lock_days=14)
    bought = buy(account, "30")
    PointsLock.objects.update(points=10)
    Account.objects.filter(id=account.id).update(locked_points=10, points=0)

    buy(account, "-30", original_transaction_id=bought.id)

    assert balances(account) == (-20, 0)


def test_return_leaves_the_locks_of_other_receipts():
    account = AccountFactory()
    ProgramRules.objects.create(program=account.program, lock_days=14)
    first, _second = buy(account, "30"), buy(account, "50")

    buy(account, "-30", original_transaction_id=first.id)

    assert balances(account) == (0, 50)
    assert [line.is_locked for line in list_bookings(program=account.program, account_id=account.id, limit=3)] == [
        False,
        True,
        False,
    ]


def test_correction_is_the_opposite_booking_once():
    account = AccountFactory()
    wrong = book(account, 60, locked_until=LATER)
    where = {"program": account.program, "account_id": account.id, "now": NOW}

    opposite = correct_booking(**where, booking_id=wrong.id, reason="Mistake")

    assert (opposite.type, opposite.points, opposite.reference_id) == (BookingType.BURN, 60, wrong.id)
    assert balances(account) == (0, 0)
    with pytest.raises(Conflict):
        correct_booking(**where, booking_id=wrong.id)
    correct_booking(**where, booking_id=opposite.id)
    assert balances(account) == (60, 0)


def test_correction_never_below_zero():
    account = AccountFactory()
    wrong = book(account, 60)
    book(account, 1, BookingType.BURN)

    with pytest.raises(LoyaltyError) as caught:
        correct_booking(program=account.program, account_id=account.id, booking_id=wrong.id, now=NOW)

    assert caught.value.code == "INSUFFICIENT_POINTS"
    assert balances(account) == (59, 0)
