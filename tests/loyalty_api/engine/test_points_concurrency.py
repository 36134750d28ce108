import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.db.models import Case, F, Sum, When
from django.utils import timezone

from loyalty_api.contract import BookingType, LoyaltyError
from loyalty_api.engine.accounts import lock_account
from loyalty_api.engine.models import Account, Booking, Membership
from loyalty_api.engine.points import Origin, book_points
from tests.factories.engine import AccountFactory, MembershipFactory, UserFactory
from tests.loyalty_api import recording

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(account, points, booking_type, external_id=""):
    """Returns the code of a refusal, or OK."""
    try:
        book_points(
            program=account.program,
            account_id=account.id,
            booking_type=booking_type,
            type_code="TEST",
            points=points,
            now=timezone.now(),
            origin=Origin(external_id=external_id),
        )
    except LoyaltyError as error:
        return error.code
    finally:
        connection.close()
    return "OK"


def in_parallel(calls):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda arguments: attempt(*arguments), calls))


def test_book_points_parallel_burns_never_overdraw():
    account = AccountFactory(points=100)

    answers = in_parallel([(account, 30, BookingType.BURN)] * 8)

    assert sorted(answers) == ["INSUFFICIENT_POINTS"] * 5 + ["OK"] * 3
    assert Account.objects.get(id=account.id).points == 10
    assert len(recording.calls) == 3


def test_book_points_fifty_burns_at_one_moment_never_overdraw():
    account = AccountFactory(points=100)
    starting_line = Barrier(50)

    def burn(_number):
        starting_line.wait()
        return attempt(account, 3, BookingType.BURN)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(burn, range(50)))

    told = sorted(event.data["points"] for event in recording.all_events())
    assert Counter(answers) == {"OK": 33, "INSUFFICIENT_POINTS": 17}
    assert Account.objects.get(id=account.id).points == 1
    assert Booking.objects.filter(account=account).count() == 33
    assert told == list(range(1, 100, 3))


def test_book_points_parallel_writes_keep_balance_and_ledger_in_step():
    account = AccountFactory()

    in_parallel([(account, n, BookingType.EARN if n % 3 else BookingType.BURN) for n in range(1, 41)])

    signed = Case(When(booking_type="EARNBOOKING", then=F("points")), default=-F("points"))
    ledger = Booking.objects.filter(account=account).aggregate(total=Sum(signed))["total"]
    assert Account.objects.get(id=account.id).points == ledger
    last_told = max(recording.all_events(), key=lambda event: event.event_id)
    assert last_told.data["points"] == ledger


def test_book_points_parallel_same_external_id_once():
    first = AccountFactory()
    second = AccountFactory(program=first.program)

    answers = in_parallel([(account, 5, BookingType.EARN, "x-1") for account in (first, second) * 3])

    assert sorted(answers) == ["EXTERNAL_ID_EXISTS"] * 5 + ["OK"]
    assert Booking.objects.count() == 1


def test_book_points_behind_another_change_tells_what_that_left():
    """Who has to wait for the account's lock is told of the owner whom the holder of the lock leaves behind."""
    account = AccountFactory(points=100)
    MembershipFactory(account=account, user__id="u-before")
    after = UserFactory(org=account.program.org, id="u-after")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        lock_account(program=account.program, account_id=account.id)
        answer = pool.submit(attempt, account, 10, BookingType.EARN)
        wait_until_somebody_waits()
        Membership.objects.update(user=after)
    assert answer.result() == "OK"

    [event] = recording.all_events()
    assert event.user_id == "u-after"


def wait_until_somebody_waits():
    for _try in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
