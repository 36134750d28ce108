from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty_api.engine.coupon_effects import NO_EFFECTS, consume_effects, select_effects
from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.events import owner_scene
from loyalty_api.engine.models import AccountCoupon
from tests.factories.engine import AccountFactory, CouponFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return AccountFactory()


def offer(account, usage_type, value, **fields):
    return CouponFactory(
        **{"program": account.program, "assignation_type": "ALL", "usage_type": usage_type, "value": value} | fields
    )


def effects_on(account, **fields):
    return select_effects(account, **{"interaction_id": "", "now": NOW, "for_update": True} | fields)


def use(account):
    scene = owner_scene(account, now=NOW)
    return consume_effects(scene, effects_on(account), transaction_id="t-1", interaction_id="till-1")


def test_select_effects_of_no_coupon(account):
    offer(account, "DISCOUNT", 20)

    assert effects_on(account) == NO_EFFECTS


def test_select_effects_the_best_multiplier_alone(account):
    offer(account, "MULTIPLIER", 2)
    best = offer(account, "MULTIPLIER", "2.5")

    effects = effects_on(account)

    assert (effects.multiplier, effects.coupon_ids) == (Decimal("2.5"), (best.id,))


def test_select_effects_of_equal_multipliers_the_one_that_ends_first(account):
    offer(account, "MULTIPLIER", 2)
    ending = offer(account, "MULTIPLIER", 2, valid_to=NOW + DAY)
    offer(account, "MULTIPLIER", 2, valid_to=NOW + 2 * DAY)

    assert effects_on(account).coupon_ids == (ending.id,)


def test_select_effects_extra_points_add_up(account):
    offer(account, "EXTRAPOINT", 50)
    offer(account, "EXTRAPOINT", 25)
    offer(account, "MULTIPLIER", 3)

    effects = effects_on(account)

    assert (effects.multiplier, effects.extra_points, len(effects.coupon_ids)) == (3, 75, 3)


@pytest.mark.parametrize(("usage_type", "value"), [("MULTIPLIER", 1), ("MULTIPLIER", "0.5"), ("EXTRAPOINT", 0)])
def test_select_effects_leaves_alone_what_would_change_nothing(account, usage_type, value):
    offer(account, usage_type, value)

    assert effects_on(account) == NO_EFFECTS


@pytest.mark.parametrize(
    "against",
    [
        {"status": "PAUSED"},
        {"valid_to": NOW - DAY},
        {"max_redeem_count_global": 1, "redeem_count_global": 1},
        {"state_level": "gold"},
        {"activatable": True},
        {"assignation_type": "INDIVIDUAL"},
        {"points_of_redemption": [{"unitType": "INTERACTIONPOINT", "value": "app"}]},
        {"points_of_redemption": []},
    ],
)
def test_select_effects_leaves_out_what_does_not_apply(account, against):
    offer(account, "EXTRAPOINT", 50, **against)

    assert effects_on(account) == NO_EFFECTS


def test_select_effects_activated(account):
    coupon = offer(account, "EXTRAPOINT", 50, activatable=True)
    AccountCoupon.objects.create(account=account, coupon=coupon, is_activated=True, activated_at=NOW)

    assert effects_on(account).extra_points == 50


def test_select_effects_at_its_point(account):
    offer(account, "EXTRAPOINT", 50, points_of_redemption=[{"unitType": "INTERACTIONPOINT", "value": "app"}])

    assert effects_on(account, interaction_id="app").extra_points == 50


def test_consume_effects_counts_and_tells(account):
    doubled = offer(account, "MULTIPLIER", 2)
    extra = offer(account, "EXTRAPOINT", 50, max_redeem_count=1)

    told = use(account)

    doubled.refresh_from_db()
    assert [event.type for event in told] == ["COUPON_REDEEMED"] * 2
    assert [event.data["couponId"] for event in told] == [doubled.id, extra.id]
    assert doubled.redeem_count_global == 1
    found = CouponRedemption.objects.order_by("id").values_list("coupon_id", "transaction_id", "interaction_id")
    assert list(found) == [(doubled.id, "t-1", "till-1"), (extra.id, "t-1", "till-1")]
    assert effects_on(account).coupon_ids == (doubled.id,)
