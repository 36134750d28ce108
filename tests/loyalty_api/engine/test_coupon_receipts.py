"""MULTIPLIER and EXTRAPOINT coupons, as a receipt uses them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from loyalty_api.engine.models import AccountCoupon, Coupon
from loyalty_api.engine.transactions import Receipt, record_transaction
from tests.factories.engine import AccountFactory, CouponFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def offer(account, usage_type, value, **fields):
    return CouponFactory(
        **{"program": account.program, "assignation_type": "ALL", "usage_type": usage_type, "value": value} | fields
    )


def buy(account, amount="10", **fields):
    receipt = Receipt(amount=Decimal(amount), **fields)
    return record_transaction(program=account.program, account_id=account.id, receipt=receipt, now=NOW)


@pytest.mark.django_db
def test_extra_points_are_added_after_multiplying():
    account = AccountFactory()
    offer(account, "MULTIPLIER", "1.5")
    offer(account, "EXTRAPOINT", 25)

    bought = buy(account, "9.99")

    account.refresh_from_db()
    assert bought.points == account.points == 14 + 25


@pytest.mark.django_db
def test_coupons_of_a_receipt_are_told_in_its_call():
    account = AccountFactory()
    extra = offer(account, "EXTRAPOINT", 25)

    buy(account)

    [call] = recording.calls
    told = [event.type for event in call.events]
    assert sorted(told) == ["ACCOUNT_TRANSACTION", "BALANCE_CHANGED", "COUPON_REDEEMED"]
    redeemed = call.events[told.index("COUPON_REDEEMED")]
    assert redeemed.data["couponId"] == extra.id


@pytest.mark.django_db
def test_coupon_of_a_receipt_is_used_up():
    account = AccountFactory()
    offer(account, "EXTRAPOINT", 25, max_redeem_count=1)

    assert [buy(account).points for _ in range(2)] == [35, 10]


@pytest.mark.django_db
def test_return_uses_no_coupon():
    account = AccountFactory()
    offer(account, "EXTRAPOINT", 25)

    returned = buy(account, "-10")

    assert returned.points == -10
    assert Coupon.objects.get().redeem_count_global == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_receipts_never_exceed_the_global_limit_of_a_coupon():
    first = AccountFactory()
    accounts = [first, *AccountFactory.create_batch(19, program=first.program)]
    offer(first, "EXTRAPOINT", 25, max_redeem_count_global=5)
    offer(first, "MULTIPLIER", 2, max_redeem_count_global=5)

    def run(account):
        try:
            return buy(account).points
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        points = sorted(pool.map(run, accounts))

    assert points == [10] * 15 + [45] * 5
    assert list(Coupon.objects.values_list("redeem_count_global", flat=True)) == [5, 5]
    assert AccountCoupon.objects.filter(redeem_count=1).count() == 10
