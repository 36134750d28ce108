import pytest

from loyalty_api.engine.coupon_places import place_of
from loyalty_api.engine.coupon_rules import is_point_of_redemption
from tests.factories.coupons import InteractionPointFactory, PartnerFactory, StoreFactory
from tests.factories.engine import CouponFactory, ProgramFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    """With a till in a store of a partner, and an app that belongs to nobody."""
    program = ProgramFactory(code="club")
    partner = PartnerFactory(id="p-1", name="Market Hall", program=program)
    store = StoreFactory(id="s-1", name="Main Street", partner=partner)
    InteractionPointFactory(program=program, code="till-1", partner=partner, store=store)
    InteractionPointFactory(program=program, code="app", is_default=True)
    return program


@pytest.mark.parametrize(
    ("unit_type", "value", "at_till", "at_app"),
    [
        ("PROGRAM", "club", True, True),
        ("PROGRAM", "other", False, False),
        ("PARTNER", "p-1", True, False),
        ("PARTNER", "Market Hall", True, False),
        ("STORE", "s-1", True, False),
        ("STORE", "Main Street", True, False),
        ("STORE", "p-1", False, False),
        ("INTERACTIONPOINT", "till-1", True, False),
        ("INTERACTIONPOINT", "app", False, True),
    ],
)
def test_point_of_redemption_unit_type(program, unit_type, value, at_till, at_app):
    coupon = CouponFactory(program=program, points_of_redemption=[{"unitType": unit_type, "value": value}])

    assert is_point_of_redemption(coupon, place_of(program, "till-1")) is at_till
    assert is_point_of_redemption(coupon, place_of(program, "app")) is at_app


def test_point_of_redemption_any_of_several(program):
    points = [{"unitType": "STORE", "value": "s-9"}, {"unitType": "INTERACTIONPOINT", "value": "app"}]
    coupon = CouponFactory(program=program, points_of_redemption=points)

    assert is_point_of_redemption(coupon, place_of(program, "app"))


def test_place_of_no_interaction_id_is_the_default_point(program):
    assert place_of(program, "").interaction_point == "app"


def test_place_of_unknown_point_is_no_more_than_its_id(program):
    assert place_of(program, "new").units == {("PROGRAM", "club"), ("INTERACTIONPOINT", "new")}
