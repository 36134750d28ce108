from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import Account, AccountCoupon, Booking, Coupon
from loyalty_api.engine.redemptions import redeem_account_coupon
from tests.factories.engine import AccountFactory, CouponFactory
from tests.loyalty_api import recording

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50


def attempt(account, coupon):
    """OK, or the code of the refusal and its detail."""
    try:
        redeem_account_coupon(
            program=account.program,
            account_coupon_id=account_coupon_id(coupon_id=coupon.id, account_id=account.id),
            now=timezone.now(),
        )
    except LoyaltyError as error:
        return " ".join([error.code, *error.detail])
    return "OK"


def all_at_once(calls):
    """Each in a thread of its own, let go together."""
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return attempt(*call)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def test_parallel_redemptions_of_a_single_use_coupon_have_one_winner():
    account = AccountFactory()
    coupon = CouponFactory(program=account.program, assignation_type="ALL", max_redeem_count=1)

    answers = all_at_once([(account, coupon)] * AT_ONCE)

    assert answers.pop("OK") == 1
    assert set(answers) <= {"COUPON_REDEMPTION_IN_PROGRESS", "CONDITION_NOT_FULFILLED NO_MORE_REDEEM_BY_ACCOUNT"}
    assert AccountCoupon.objects.get().redeem_count == 1
    assert recording.types() == ["COUPON_REDEEMED"]


def test_parallel_redemptions_of_rewards_never_overdraw():
    account = AccountFactory(points=100)
    rewards = [
        CouponFactory(program=account.program, assignation_type="ALL", usage_type="REWARD", value=30) for _ in range(5)
    ]

    answers = all_at_once([(account, rewards[number % 5]) for number in range(AT_ONCE)])

    left = Account.objects.get(id=account.id).points
    assert 1 <= answers["OK"] <= 3
    assert left == 100 - 30 * answers["OK"]
    assert Booking.objects.count() == answers["OK"]
    assert recording.types().count("BALANCE_CHANGED") == answers["OK"]


def test_parallel_redemptions_of_many_accounts_never_exceed_the_global_limit():
    first = AccountFactory()
    accounts = [first, *AccountFactory.create_batch(AT_ONCE - 1, program=first.program)]
    coupon = CouponFactory(program=first.program, assignation_type="ALL", max_redeem_count_global=20)

    answers = all_at_once([(account, coupon) for account in accounts])

    assert answers == {"OK": 20, "CONDITION_NOT_FULFILLED NO_MORE_REDEEM_BY_PROGRAM": 30}
    assert Coupon.objects.get().redeem_count_global == 20
    assert len(recording.calls) == 20


def test_redemption_in_progress_is_told_while_another_runs():
    account = AccountFactory()
    coupon = CouponFactory(program=account.program, assignation_type="ALL")

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        attempt(account, coupon)
        other = pool.submit(lambda: (attempt(account, coupon), connection.close())[0]).result()

    assert other == "COUPON_REDEMPTION_IN_PROGRESS"
    assert attempt(account, coupon) == "OK"


def test_redemption_waits_for_a_booking_instead_of_refusing():
    account = AccountFactory()
    coupon = CouponFactory(program=account.program, assignation_type="ALL")

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Account.objects.select_for_update(no_key=True).get(id=account.id)
            other = pool.submit(lambda: (attempt(account, coupon), connection.close())[0])
            assert not other.done()

        assert other.result() == "OK"
