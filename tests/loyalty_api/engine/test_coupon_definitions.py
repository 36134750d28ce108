from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty_api.contract import CouponImage, LoyaltyError, NotFound, PointOfRedemption
from loyalty_api.engine.coupon_definitions import (
    coupons_with_reference,
    create_coupon,
    delete_coupon,
    get_coupon,
    list_coupons,
    replace_coupon,
    set_coupon_status,
)
from loyalty_api.engine.coupons import list_account_coupons
from loyalty_api.engine.models import Coupon
from tests.factories.engine import AccountFactory, CouponFactory, LevelFactory, ProgramFactory

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return ProgramFactory()


def create(program, **fields):
    return create_coupon(**{"program": program, "name": "C", "usage_type": "DISCOUNT", "now": NOW} | fields)


def test_create_coupon_gets_its_program_as_point_of_redemption(program):
    coupon = create(program)

    assert coupon.points_of_redemption == (PointOfRedemption("PROGRAM", program.code),)


def test_create_coupon_keeps_what_it_was_given(program):
    image = CouponImage(id="i-1", name="tea.png", path="https://images.example.org/tea.png", tags=("contentPicture",))
    point = PointOfRedemption("STORE", "s-1")

    coupon = create(
        program,
        points_of_redemption=[point],
        images=[image],
        custom_properties={"colour": "red"},
        external_code="X-1",
        external_code_type="QR",
        max_redeem_count_promo_code=5,
    )

    assert get_coupon(program=program, coupon_id=coupon.id) == coupon
    assert (coupon.points_of_redemption, coupon.images, coupon.image_url) == ((point,), (image,), image.path)
    assert (coupon.custom_properties, coupon.external_code_type) == ({"colour": "red"}, "QR")
    assert coupon.max_redeem_count_promo_code == 5


def test_create_coupon_incentive_becomes_extrapoint(program):
    coupon = create(program, usage_type="INCENTIVE", value=50)

    assert (coupon.usage_type, coupon.given_usage_type) == ("EXTRAPOINT", "INCENTIVE")


@pytest.mark.parametrize(("value", "shown"), [(Decimal("2.50"), 2.5), (Decimal("2.00"), 2)])
def test_create_coupon_factor_with_decimals(program, value, shown):
    coupon = create(program, usage_type="MULTIPLIER", value=value)

    assert repr(coupon.value) == repr(shown)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"valid_from": NOW, "valid_to": NOW}, "VALIDITY_INVALID"),
        ({"usage_type": "REWARD", "value": Decimal("1.5")}, "COUPON_VALUE_INVALID"),
        ({"usage_type": "EXTRAPOINT", "value": Decimal("1.5")}, "COUPON_VALUE_INVALID"),
        ({"value": 101}, "COUPON_VALUE_INVALID"),
        *(
            ({"usage_type": "MULTIPLIER", "value": Decimal(value)}, "COUPON_VALUE_INVALID")
            for value in ("0", "0.5", "1")
        ),
        ({"state_level": "gold"}, "STATE_LEVEL_UNKNOWN"),
    ],
)
def test_create_coupon_refused(program, fields, code):
    with pytest.raises(LoyaltyError) as caught:
        create(program, **fields)

    assert caught.value.code == code
    assert not Coupon.objects.exists()


@pytest.mark.parametrize("given", ["gold", "Gold Club"])
def test_create_coupon_level_by_slug_or_name(program, given):
    LevelFactory(program=program, slug="gold", name="Gold Club")

    assert create(program, state_level=given).state_level == "gold"


def test_replace_coupon_sets_what_is_absent_to_its_default(program):
    coupon = create(program, external_reference="POS-1", max_redeem_count=3, activatable=True)
    Coupon.objects.update(redeem_count_global=7)

    found = replace_coupon(program=program, coupon_id=coupon.id, name="D", usage_type="REWARD", value=10)

    assert (found.name, found.usage_type, found.value) == ("D", "REWARD", 10)
    assert (found.external_reference, found.max_redeem_count, found.activatable) == ("", 0, False)
    assert found.redeem_count_global == 7


def test_set_coupon_status(program):
    coupon = create(program)

    assert set_coupon_status(program=program, coupon_id=coupon.id, status="PAUSED").status == "PAUSED"
    assert Coupon.objects.get().status == "PAUSED"


def test_delete_coupon_nobody_has_it_any_more():
    account = AccountFactory()
    coupon = CouponFactory(program=account.program, assignation_type="ALL")

    delete_coupon(program=account.program, coupon_id=coupon.id, now=NOW)

    assert list_account_coupons(program=account.program, account_id=account.id, now=NOW) == []
    assert list_coupons(program=account.program, limit=10) == []
    with pytest.raises(NotFound):
        get_coupon(program=account.program, coupon_id=coupon.id)
    assert Coupon.with_deleted.get(id=coupon.id).deleted_at == NOW


def test_list_coupons_by_status_and_type(program):
    paused = CouponFactory(program=program, status="PAUSED")
    reward = CouponFactory(program=program, usage_type="REWARD")
    CouponFactory(usage_type="REWARD")

    def ids(**only):
        return [each.id for each in list_coupons(program=program, limit=10, **only)]

    assert ids() == [reward.id, paused.id]
    assert (ids(status="PAUSED"), ids(usage_type="REWARD")) == ([paused.id], [reward.id])
    assert ids(status="PAUSED", usage_type="REWARD") == []


def test_list_coupons_queries(program, django_assert_num_queries):
    CouponFactory.create_batch(5, program=program)

    with django_assert_num_queries(2):
        assert len(list_coupons(program=program, limit=10)) == 5


def test_coupons_with_reference(program):
    coupon = create(program, external_reference="POS-7")
    create(program)

    assert coupons_with_reference(program=program, reference="POS-7") == [coupon]
    assert coupons_with_reference(program=program, reference="POS-8") == []
    assert coupons_with_reference(program=program, reference="") == []
