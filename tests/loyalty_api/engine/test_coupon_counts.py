"""The numbers of coupons are those that counting would give, whatever happened and in which order."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine import coupon_counts
from loyalty_api.engine.coupon_counts import NONE, Numbers
from loyalty_api.engine.coupons import assign_coupon, set_activation
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.merging import merge_accounts
from loyalty_api.engine.models import CouponDelta
from loyalty_api.engine.redemptions import redeem_account_coupon
from tests.factories.engine import AccountFactory, CouponFactory, ProgramFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


@pytest.fixture
def program():
    return ProgramFactory(timezone="Pacific/Auckland")


def give(program, account, coupon, at):
    assign_coupon(program=program, account_id=account.id, coupon_id=coupon.id, now=at)


def activate(program, account, coupon, at, *, activated=True):
    pair = account_coupon_id(coupon_id=coupon.id, account_id=account.id)
    set_activation(program=program, account_coupon_id=pair, activated=activated, now=at)


def redeem(program, account, coupon, at):
    pair = account_coupon_id(coupon_id=coupon.id, account_id=account.id)
    redeem_account_coupon(program=program, account_coupon_id=pair, now=at)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_are_those_of_a_random_history(program, seed):
    chance, counted = random.Random(seed), Counter()  # noqa: S311 - a scenario, no secret
    accounts = AccountFactory.create_batch(3, program=program)
    coupons = CouponFactory.create_batch(2, program=program, activatable=True)
    active = set()
    for step in range(60):
        at = START + timedelta(hours=step * 3)
        day = at.astimezone(ZoneInfo(program.timezone)).date()
        account, coupon = chance.choice(accounts), chance.choice(coupons)
        act = chance.choice(["assigned", "activated", "redeemed", "fold"])
        if act == "fold":
            coupon_counts.fold()
            continue
        try:
            {"assigned": give, "activated": activate, "redeemed": redeem}[act](program, account, coupon, at)
        except LoyaltyError:
            continue
        if act == "activated" and (account, coupon) in active:
            continue
        active |= {(account, coupon)} if act == "activated" else set()
        counted[coupon.id, day, act] += 1

    for coupon in coupons:
        days = coupon_counts.numbers_by_day(program=program, coupon=coupon, since=date(2026, 1, 1))
        found = {
            (coupon.id, day, act): getattr(numbers, act)
            for day, numbers in days.items()
            for act in ("assigned", "activated", "redeemed")
            if getattr(numbers, act)
        }
        assert found == {key: count for key, count in counted.items() if key[0] == coupon.id}
        assert coupon_counts.totals_of(coupon_ids=[coupon.id])[coupon.id] == sum(days.values(), NONE)
    of_program = coupon_counts.numbers_of_program(program=program, since=date(2026, 1, 1), until=date(2027, 1, 1))
    acts = ("assigned", "activated", "redeemed")
    assert (
        Counter({(id_, day, act): getattr(of, act) for (day, id_), of in of_program.items() for act in acts}) == counted
    )


def test_merge_counts_nothing_anew(program):
    source, target = AccountFactory.create_batch(2, program=program)
    coupon = CouponFactory(program=program, activatable=True)
    for account in (source, target):
        give(program, account, coupon, START)
    activate(program, source, coupon, START)

    merge_accounts(program=program, source_id=source.id, target_id=target.id, now=START)

    assert coupon_counts.totals_of(coupon_ids=[coupon.id]) == {coupon.id: Numbers(assigned=2, activated=1)}


def test_fold_sums_up_once(program):
    coupon = CouponFactory(program=program)
    for account in AccountFactory.create_batch(3, program=program):
        give(program, account, coupon, START)

    assert (coupon_counts.fold(), coupon_counts.fold()) == (3, 0)

    assert CouponDelta.objects.count() == 0
    assert coupon_counts.totals_of(coupon_ids=[coupon.id, "no-such-coupon"]) == {coupon.id: Numbers(assigned=3)}


def test_zone_that_the_database_does_not_know_stops_no_counting():
    coupon = CouponFactory(program=ProgramFactory(timezone="Atlantis/Capital"))
    CouponDelta.objects.create(coupon_id=coupon.id, at=START, redeemed=2)

    assert coupon_counts.fold() == 1
    assert coupon_counts.totals_of(coupon_ids=[coupon.id])[coupon.id].redeemed == 2
