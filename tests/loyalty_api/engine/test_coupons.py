from datetime import UTC, datetime, timedelta

import pytest

from loyalty_api.contract import CouponText, LoyaltyError, NotFound
from loyalty_api.engine.coupon_definitions import create_coupon
from loyalty_api.engine.coupons import (
    assign_coupon,
    get_account_coupon,
    list_account_coupons,
    redeemable_coupons,
)
from loyalty_api.engine.identity import account_coupon_id, parse_account_coupon_id
from loyalty_api.engine.models import AccountCoupon, ProgramRules
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return AccountFactory()


def give(account, coupon, **fields):
    return assign_coupon(program=account.program, account_id=account.id, coupon_id=coupon.id, now=NOW, **fields)


def redeemable(account, **fields):
    found = redeemable_coupons(program=account.program, account_id=account.id, now=NOW, **fields)
    return [(coupon.coupon_id, coupon.status) for coupon in found]


def test_create_coupon_keeps_texts(account):
    text = CouponText(title="20 %", sub_title="Now", description="All", booking_text="Spring")

    coupon = create_coupon(program=account.program, name="C", usage_type="REWARD", now=NOW, texts={"en": text})

    assert coupon.texts == {"en": text}


def test_assign_coupon_event(account):
    MembershipFactory(account=account)
    coupon = CouponFactory(program=account.program, external_code="SPRING20", valid_from=NOW - DAY)

    assigned = give(account, coupon, valid_to=NOW + DAY, campaign_id="c-7")

    [event] = recording.all_events()
    assert (event.type, event.member_role) == ("COUPON_ASSIGNED", "OWNER")
    assert event.data == {
        "couponId": coupon.id,
        "accountCouponId": assigned.id,
        "couponCode": "SPRING20",
        "usageType": "DISCOUNT",
        "couponValue": 20,
        "validFrom": "2026-03-01T09:15:00.000Z",
        "validTo": "2026-03-03T09:15:00.000Z",
        "brazeCampaignId": "c-7",
    }
    assert assigned.code == "SPRING20"


def test_assign_coupon_id_is_made_of_both(account):
    coupon = CouponFactory(program=account.program)

    assigned = give(account, coupon)

    assert assigned.id == account_coupon_id(coupon_id=coupon.id, account_id=account.id)
    assert assigned.code == assigned.id
    pair = parse_account_coupon_id(assigned.id)
    assert pair is not None
    assert (pair.coupon_id, pair.account_id) == (coupon.id, account.id)


def test_assign_coupon_again_raises_what_may_be_redeemed(account):
    coupon = CouponFactory(program=account.program, max_redeem_count=2)
    unlimited = CouponFactory(program=account.program)

    assert [give(account, coupon).max_redeem_count for _ in range(2)] == [2, 4]
    assert [give(account, unlimited).max_redeem_count for _ in range(2)] == [0, 0]
    assert AccountCoupon.objects.count() == 2
    assert len(recording.calls) == 4


def test_assign_coupon_again_is_ignored_where_the_program_says_so(account):
    ProgramRules.objects.create(program=account.program, assignment_policy="IGNORE")
    coupon = CouponFactory(program=account.program, max_redeem_count=2)

    assert [give(account, coupon).max_redeem_count for _ in range(2)] == [2, 2]
    assert recording.types() == ["COUPON_ASSIGNED"]


@pytest.mark.parametrize("status", ["DRAFT", "PAUSED", "ENDED"])
def test_assign_coupon_not_active(account, status):
    with pytest.raises(LoyaltyError) as caught:
        give(account, CouponFactory(program=account.program, status=status))

    assert caught.value.code == "COUPON_NOT_ACTIVATED"


def test_assign_coupon_locked_account():
    account = AccountFactory(status="LOCKED")

    with pytest.raises(LoyaltyError) as caught:
        give(account, CouponFactory(program=account.program))

    assert caught.value.code == "ACCOUNT_LOCKED"


@pytest.mark.parametrize(
    "window", [{"valid_from": NOW, "valid_to": NOW}, {"valid_from": NOW + 3 * DAY}], ids=["empty", "after the coupon"]
)
def test_assign_coupon_window_invalid(account, window):
    coupon = CouponFactory(program=account.program, valid_to=NOW + 2 * DAY)

    with pytest.raises(LoyaltyError) as caught:
        give(account, coupon, **window)

    assert caught.value.code == "VALIDITY_INVALID"
    assert not AccountCoupon.objects.exists()
    assert recording.calls == []


def test_assign_coupon_of_another_program(account):
    with pytest.raises(NotFound) as caught:
        give(account, CouponFactory())

    assert caught.value.code == "COUPON_NOT_FOUND"


def test_redeemable_coupons_by_assignation(account):
    for_all = CouponFactory(program=account.program, assignation_type="ALL")
    CouponFactory(program=account.program, assignation_type="INDIVIDUAL")
    CouponFactory(program=account.program, assignation_type="PROMOCODE")
    CouponFactory(assignation_type="ALL")
    given = CouponFactory(program=account.program)
    give(account, given)
    give(AccountFactory(program=account.program), CouponFactory(program=account.program))

    assert redeemable(account) == [(given.id, "ACTIVE"), (for_all.id, "ACTIVE")]


@pytest.mark.parametrize("usage_type", ["DISCOUNT", "REWARD", "EXTRAPOINT", "MULTIPLIER"])
def test_redeemable_coupons_of_every_type(account, usage_type):
    coupon = CouponFactory(program=account.program, assignation_type="ALL", usage_type=usage_type, value=500)

    assert redeemable(account) == [(coupon.id, "ACTIVE")]


@pytest.mark.parametrize(
    "against",
    [
        {"valid_from": NOW + DAY},
        {"valid_to": NOW - DAY},
        {"max_redeem_count_global": 3, "redeem_count_global": 3},
        {"state_level": "gold"},
        {"points_of_redemption": []},
    ],
)
def test_redeemable_coupons_leaves_out(account, against):
    CouponFactory(program=account.program, assignation_type="ALL", **against)

    assert redeemable(account, include_activatable=True) == []
    [listed] = list_account_coupons(program=account.program, account_id=account.id, now=NOW)
    assert listed.status == "INACTIVE"


def test_redeemable_coupons_limit_of_the_account(account):
    coupon = CouponFactory(program=account.program, max_redeem_count=1)
    give(account, coupon)
    AccountCoupon.objects.update(redeem_count=1)

    assert redeemable(account) == []
    give(account, coupon)
    assert redeemable(account) == [(coupon.id, "ACTIVE")]


def test_redeemable_coupons_level_of_the_account():
    account = AccountFactory(level="gold")
    coupon = CouponFactory(program=account.program, assignation_type="ALL", state_level="gold")

    assert redeemable(account) == [(coupon.id, "ACTIVE")]


def test_redeemable_coupons_activatable(account):
    coupon = CouponFactory(program=account.program, assignation_type="ALL", activatable=True)

    assert redeemable(account) == []
    assert redeemable(account, include_activatable=True) == [(coupon.id, "NOT_ACTIVATED")]
    AccountCoupon.objects.create(account=account, coupon=coupon, is_activated=True, activated_at=NOW)
    assert redeemable(account) == [(coupon.id, "ACTIVE")]


def test_redeemable_coupons_queries(account, django_assert_num_queries):
    for _ in range(5):
        give(account, CouponFactory(program=account.program))

    with django_assert_num_queries(2):
        assert len(redeemable(account)) == 5


def test_get_account_coupon_of_another_program(account):
    assigned = give(account, CouponFactory(program=account.program))

    with pytest.raises(NotFound):
        get_account_coupon(program=AccountFactory().program, account_coupon_id=assigned.id, now=NOW)
