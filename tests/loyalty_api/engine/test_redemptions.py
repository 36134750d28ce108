from datetime import UTC, datetime, timedelta

import pytest

from loyalty_api.contract import LoyaltyError, NotFound
from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import AccountCoupon, Booking, Coupon, ProgramRules
from loyalty_api.engine.redemptions import list_redemptions, preview_redemption, redeem_account_coupon
from tests.factories.engine import AccountFactory, CouponFactory, MembershipFactory
from tests.loyalty_api import recording

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return AccountFactory(points=100)


def coupon_for(account, **fields):
    """One that everybody has, unless the test says otherwise."""
    return CouponFactory(**{"program": account.program, "assignation_type": "ALL"} | fields)


def redeem(account, coupon, *, now=NOW, interaction_id=""):
    pair_id = account_coupon_id(coupon_id=coupon.id, account_id=account.id)
    return redeem_account_coupon(
        program=account.program, account_coupon_id=pair_id, now=now, interaction_id=interaction_id
    )


def preview(account, coupon):
    pair_id = account_coupon_id(coupon_id=coupon.id, account_id=account.id)
    return preview_redemption(program=account.program, account_coupon_id=pair_id, now=NOW)


def refusal_of(account, coupon, **fields):
    with pytest.raises(LoyaltyError) as caught:
        redeem(account, coupon, **fields)

    assert recording.calls == []
    assert not AccountCoupon.objects.filter(redeem_count__gt=0).exists()
    return caught.value.code, caught.value.detail


def test_redeem_counts_for_account_and_program(account):
    coupon = coupon_for(account)

    redeem(account, coupon)
    redeem(account, coupon)
    redeem(AccountFactory(program=account.program), coupon)

    coupon.refresh_from_db()
    assert coupon.redeem_count_global == 3
    assert AccountCoupon.objects.get(account=account).redeem_count == 2


def test_redeem_discount_leaves_points_alone(account):
    MembershipFactory(account=account)
    coupon = coupon_for(account, external_code="SPRING20", valid_to=NOW + DAY)

    redeem(account, coupon)

    [event] = recording.all_events()
    assert (event.type, event.member_role) == ("COUPON_REDEEMED", "OWNER")
    assert event.data == {
        "couponId": coupon.id,
        "accountCouponId": account_coupon_id(coupon_id=coupon.id, account_id=account.id),
        "couponCode": "SPRING20",
        "usageType": "DISCOUNT",
        "couponValue": 20,
        "validFrom": None,
        "validTo": "2026-03-03T09:15:00.000Z",
    }
    assert not Booking.objects.exists()


def test_redeem_reward_burns_its_value(account):
    texts = {"en": {"title": "Mug", "bookingText": "A mug"}, "de": {"bookingText": "Ein Becher"}}
    coupon = coupon_for(account, usage_type="REWARD", value=30, texts=texts)

    redemption = redeem(account, coupon, interaction_id="till-1")

    booking = Booking.objects.get()
    account.refresh_from_db()
    assert account.points == 70
    assert (booking.booking_type, booking.type_code, booking.points) == ("BURNBOOKING", "COU", 30)
    assert (booking.reason, booking.reference_id, booking.interaction_id) == ("A mug", coupon.id, "till-1")
    assert redemption.booking_id == booking.id
    [call] = recording.calls
    assert [event.type for event in call.events] == ["COUPON_REDEEMED", "BALANCE_CHANGED"]
    assert (call.events[1].data["points"], call.events[1].data["delta"]) == (70, -30)


def test_redeem_reward_text_in_the_language_of_the_program(account):
    account.program.language = "de"
    texts = {"en": {"bookingText": "A mug"}, "de": {"bookingText": "Ein Becher"}}

    redeem(account, coupon_for(account, usage_type="REWARD", value=30, texts=texts))

    assert Booking.objects.get().reason == "Ein Becher"


def test_redeem_reward_for_nothing_books_nothing(account):
    redemption = redeem(account, coupon_for(account, usage_type="REWARD", value=0))

    assert redemption.booking_id == ""
    assert recording.types() == ["COUPON_REDEEMED"]


def test_redeem_taken_back_when_the_sink_fails(account, settings):
    coupon = coupon_for(account, usage_type="REWARD", value=30)
    settings.LOYALTY_EVENT_SINK = "tests.loyalty_api.recording.refuse"

    with pytest.raises(RuntimeError):
        redeem(account, coupon)

    account.refresh_from_db()
    assert account.points == 100
    assert not Booking.objects.exists()
    assert not AccountCoupon.objects.exists()


def test_redeem_reward_of_an_anonymous_account_where_members_alone_may_spend(account):
    ProgramRules.objects.create(program=account.program, anonymous_burn=False)
    reward = coupon_for(account, usage_type="REWARD", value=30)

    assert refusal_of(account, reward) == ("MEMBERSHIP_REQUIRED", ())
    MembershipFactory(account=account)
    assert redeem(account, reward).booking_id


@pytest.mark.parametrize("pair_id", ["nonsense!", account_coupon_id(coupon_id="none", account_id="none")])
def test_redeem_unknown_pair(account, pair_id):
    with pytest.raises(NotFound):
        redeem_account_coupon(program=account.program, account_coupon_id=pair_id, now=NOW)


def test_redeem_coupon_not_found(account):
    assert refusal_of(account, CouponFactory(assignation_type="ALL")) == ("COUPON_NOT_FOUND", ())


@pytest.mark.parametrize("status", ["DRAFT", "PAUSED", "ENDED"])
def test_redeem_coupon_not_activated(account, status):
    assert refusal_of(account, coupon_for(account, status=status)) == ("COUPON_NOT_ACTIVATED", ())


@pytest.mark.parametrize("status", ["LOCKED", "INACTIVE"])
def test_redeem_account_locked(status):
    account = AccountFactory(status=status)

    assert refusal_of(account, coupon_for(account)) == ("ACCOUNT_LOCKED", ())


@pytest.mark.parametrize("assignation_type", ["INDIVIDUAL", "PROMOCODE"])
def test_redeem_coupon_not_assigned_account(account, assignation_type):
    coupon = coupon_for(account, assignation_type=assignation_type)

    assert refusal_of(account, coupon) == ("COUPON_NOT_ASSIGNED_ACCOUNT", ())


@pytest.mark.parametrize("usage_type", ["MULTIPLIER", "EXTRAPOINT"])
def test_redeem_coupon_not_manual_redeemable(account, usage_type):
    assert refusal_of(account, coupon_for(account, usage_type=usage_type)) == ("COUPON_NOT_MANUAL_REDEEMABLE", ())


def test_redeem_coupon_not_activatable_means_not_activated(account):
    coupon = coupon_for(account, activatable=True)

    assert refusal_of(account, coupon) == ("COUPON_NOT_ACTIVATABLE", ())
    AccountCoupon.objects.create(account=account, coupon=coupon, is_activated=True, activated_at=NOW)
    assert redeem(account, coupon).coupon_id == coupon.id


def test_redeem_condition_not_defined_for_an_imported_coupon(account):
    coupon = coupon_for(account, points_of_redemption=[])

    assert refusal_of(account, coupon) == ("CONDITION_NOT_DEFINED", ())
    Coupon.objects.update(max_redeem_count=1)
    assert redeem(account, coupon).coupon_id == coupon.id


@pytest.mark.parametrize(
    ("against", "detail"),
    [
        ({"valid_from": NOW + DAY}, "NOT_YET_REDEEMABLE"),
        ({"valid_to": NOW - DAY}, "NO_LONGER_REDEEMABLE"),
        ({"max_redeem_count_global": 3, "redeem_count_global": 3}, "NO_MORE_REDEEM_BY_PROGRAM"),
        ({"state_level": "gold"}, "WRONG_STATE_LEVEL"),
        ({"points_of_redemption": [{"unitType": "STORE", "value": "s-1"}]}, "WRONG_INTERACTION_POINT"),
        ({"usage_type": "REWARD", "value": 101}, "INSUFFICIENT_POINTS"),
    ],
)
def test_redeem_condition_not_fulfilled(account, against, detail):
    assert refusal_of(account, coupon_for(account, **against)) == ("CONDITION_NOT_FULFILLED", (detail,))


def test_redeem_no_more_by_account(account):
    coupon = coupon_for(account, max_redeem_count=1)
    redeem(account, coupon)

    with pytest.raises(LoyaltyError) as caught:
        redeem(account, coupon)

    assert (caught.value.code, caught.value.detail) == ("CONDITION_NOT_FULFILLED", ("NO_MORE_REDEEM_BY_ACCOUNT",))


def test_redeem_two_failing_conditions_give_two_entries(account):
    coupon = coupon_for(account, usage_type="REWARD", value=500, valid_to=NOW - DAY, state_level="gold")

    code, detail = refusal_of(account, coupon)

    assert code == "CONDITION_NOT_FULFILLED"
    assert detail == ("NO_LONGER_REDEEMABLE", "WRONG_STATE_LEVEL", "INSUFFICIENT_POINTS")


def test_redeem_window_of_the_assignment(account):
    coupon = CouponFactory(program=account.program)
    assign_coupon(program=account.program, account_id=account.id, coupon_id=coupon.id, valid_to=NOW + DAY, now=NOW)
    recording.calls.clear()

    assert refusal_of(account, coupon, now=NOW + 2 * DAY)[1] == ("NO_LONGER_REDEEMABLE",)
    assert redeem(account, coupon).coupon_id == coupon.id


def test_redeem_without_window_is_valid_unconditionally(account):
    coupon = coupon_for(account, valid_from=None, valid_to=None)

    assert redeem(account, coupon, now=datetime(2099, 1, 1, tzinfo=UTC)).coupon_id == coupon.id


def test_list_redemptions_newest_first_and_of_deleted_coupons(account):
    first, second = coupon_for(account), coupon_for(account, external_reference="POS-7")
    redeem(account, first)
    redeem(account, second, interaction_id="till-1")
    Coupon.objects.filter(id=first.id).update(deleted_at=NOW)

    found = list_redemptions(program=account.program, account_id=account.id, limit=10)

    assert [each.coupon_id for each in found] == [second.id, first.id]
    assert (found[0].external_reference, found[0].interaction_id) == ("POS-7", "till-1")


def test_preview_redemption_changes_nothing(account):
    found = preview(account, coupon_for(account, usage_type="REWARD", value=30))

    account.refresh_from_db()
    assert (found.points, found.points_after) == (100, 70)
    assert account.points == 100
    assert recording.calls == []


def test_preview_redemption_of_a_reward_only(account):
    with pytest.raises(LoyaltyError) as caught:
        preview(account, coupon_for(account))

    assert caught.value.code == "COUPON_PREVIEW_NOT_AVAILABLE"


def test_preview_redemption_refuses_as_the_redemption_would(account):
    with pytest.raises(LoyaltyError) as caught:
        preview(account, coupon_for(account, usage_type="REWARD", value=101))

    assert (caught.value.code, caught.value.detail) == ("CONDITION_NOT_FULFILLED", ("INSUFFICIENT_POINTS",))
