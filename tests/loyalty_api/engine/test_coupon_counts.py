"""The numbers of coupons are those that counting would give, whatever happened and in which order."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest

from loyalty_api.contract import LoyaltyError
from loyalty_api.engine import coupon_counts
from loyalty_api.engine.coupon_counts import NONE, Numbers
from loyalty_api.engine.coupon_use import lines_of_use, use_of
from loyalty_api.engine.coupons import assign_coupon, set_activation
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.merging import merge_accounts
from loyalty_api.engine.models import CouponCount, CouponDayCount, CouponDelta
from loyalty_api.engine.redemptions import redeem_account_coupon
from loyalty_api.engine.report_reading import Period
from selfservice.database import rows
from tests.factories.coupons import CouponRedemptionFactory
from tests.factories.engine import (
    AccountFactory,
    CouponFactory,
    InteractionPointFactory,
    PartnerFactory,
    ProgramFactory,
)

pytestmark = pytest.mark.django_db
EVER = Period(date(2025, 1, 1), date(2026, 12, 31))
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
    coupon_counts.fold()
    found = Counter()
    for day, coupon_id, _partner, tallies in lines_of_use(program=program, period=EVER):
        for act in ("assigned", "activated", "redeemed"):
            found[coupon_id, day, act] += tallies.all(act).number
    assert found == counted


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


@pytest.fixture
def history(program):
    """Two hundred redemptions over months, at tills of two partners, of no partner, of another program, and at none."""
    chance = random.Random(11)  # noqa: S311 - a scenario, no secret
    partners = PartnerFactory.create_batch(2, program=program)
    for number, partner in enumerate([*partners, None]):
        InteractionPointFactory(program=program, code=f"till-{number}", partner=partner)
    other = PartnerFactory()
    InteractionPointFactory(program=other.program, code="elsewhere", partner=other)
    coupons, account = CouponFactory.create_batch(3, program=program), AccountFactory(program=program)
    for number in range(200):
        CouponRedemptionFactory(
            coupon=chance.choice(coupons),
            account=account,
            interaction_id=chance.choice(["till-0", "till-1", "till-2", "elsewhere", "gone", ""]),
            redeemed_at=START + timedelta(minutes=chance.randint(0, 60 * 24 * 90)),
        )
        if number in (70, 130):
            coupon_counts.fold()
    return program


def by_the_ledger(program):
    """By day in the program's zone, coupon and partner."""
    found = rows.read(
        """SELECT (r.redeemed_at AT TIME ZONE %(zone)s)::date, r.coupon_id, COALESCE(i.partner_id, ''), count(*)
             FROM engine_couponredemption r
             LEFT JOIN engine_interactionpoint i ON i.program_id = r.program_id AND i.code = r.interaction_id
            WHERE r.program_id = %(program)s GROUP BY 1, 2, 3""",
        {"zone": program.timezone, "program": program.pk},
    )
    return {tuple(key): number for *key, number in found}


def counted_of(program, **narrowed):
    found = lines_of_use(program=program, period=EVER, **narrowed)
    return {(day, coupon, partner): tallies.all("redeemed").number for day, coupon, partner, tallies in found}


def test_redemptions_by_partner_are_those_of_the_ledger(history):
    coupon_counts.fold()

    expected = by_the_ledger(history)
    assert counted_of(history) == expected
    partners = {partner for _day, _coupon, partner in expected}
    assert len(partners) == 3
    for asked in partners:
        of_partner = {key: number for key, number in expected.items() if key[2] == asked}
        assert counted_of(history, partner_id=asked) == of_partner
        use = use_of(program=history, period=EVER, partner_id=asked)
        for place, found in enumerate((use.steps, use.coupons, use.partners)):
            sums = Counter()
            for key, number in of_partner.items():
                sums[key[place]] += number
            assert {key: tallies.all("redeemed").number for key, tallies in found.items()} == sums


def forget_partners():
    """As it was counted before partners were told apart, some of it not summed up yet."""
    CouponDelta.objects.update(point="")
    rows.write(import_module(MIGRATION)._MERGE, {})
    assert not CouponDayCount.objects.exclude(partner_id="").exists()


MIGRATION = "loyalty_api.engine.migrations.0016_coupon_use_by_partner"


def test_redemptions_of_before_move_to_the_partner_of_their_point(history):
    totals = by_coupon()
    forget_partners()

    rows.write(import_module(MIGRATION)._MOVE, {})
    coupon_counts.fold()

    assert counted_of(history) == by_the_ledger(history)
    assert by_coupon() == totals
    assert CouponDelta.objects.count() == 0


def by_coupon():
    ids = CouponCount.objects.values_list("coupon_id", flat=True)
    return coupon_counts.totals_of(coupon_ids=[*ids])


def test_redemptions_of_before_a_change_of_zone_move_as_far_as_they_were_counted(history):
    coupon_counts.fold()
    forget_partners()
    days = {day: tallies.all("redeemed").number for day, tallies in use_of(program=history, period=EVER).steps.items()}
    history.timezone = "Pacific/Honolulu"
    history.save()

    rows.write(import_module(MIGRATION)._MOVE, {})
    coupon_counts.fold()

    use = use_of(program=history, period=EVER)
    assert {day: tallies.all("redeemed").number for day, tallies in use.steps.items()} == days
    assert min(counted_of(history).values()) > 0
    assert len(use.partners) == 3
