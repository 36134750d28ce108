"""Where coupons were redeemed, on the page and in the file."""

import pytest
from django.utils import timezone

from loyalty_api.engine.coupons import assign_coupon
from loyalty_api.engine.identity import account_coupon_id
from loyalty_api.engine.models import Coupon, InteractionPoint
from loyalty_api.engine.redemptions import redeem_account_coupon
from tests.factories.engine import CouponFactory
from tests.loyalty_api.pages.reports.reading import PAGE, fold, lines_in, numbers_in, rows_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def redeemed(program, busy, partner):
    """Of one coupon three, at the bakery's till, at a till of nobody's, and at none; of another one, at the bakery."""
    InteractionPoint.objects.create(program=program, code="till-2")
    coffee, cake = Coupon.objects.get(name="Free coffee"), CouponFactory(program=program, name="Free cake")
    for coupon, point in ((coffee, "till-1"), (coffee, "till-2"), (coffee, ""), (cake, "till-1")):
        assign_coupon(program=program, account_id=busy.account_id, coupon_id=coupon.id, now=timezone.now())
        pair = account_coupon_id(coupon_id=coupon.id, account_id=busy.account_id)
        redeem_account_coupon(program=program, account_coupon_id=pair, now=timezone.now(), interaction_id=point)
    fold()
    return coffee, cake


def test_use_of_coupons_by_partner(viewer, redeemed, partner):
    answer = viewer.get(f"{PAGE}/coupons")

    assert rows_in(answer, "partner") == {"Bakery": ["0", "0", "2"], "Without a partner": ["5", "0", "2"]}
    assert rows_in(answer, "coupon") == {"Free coffee": ["4", "0", "3"], "Free cake": ["1", "0", "1"]}
    at_partner = viewer.get(f"{PAGE}/coupons?partner={partner.id}")
    assert numbers_in(at_partner)["Redeemed"] == "2"
    assert rows_in(at_partner, "coupon") == {"Free coffee": ["0", "0", "1"], "Free cake": ["0", "0", "1"]}
    assert [chart.total for chart in at_partner.context["charts"]] == ["0", "2"]
    assert numbers_in(viewer.get(f"{PAGE}/coupons?partner=none"))["Redeemed"] == "2"


def test_csv_of_coupons_has_a_line_for_each_day_coupon_and_partner(viewer, redeemed, partner):
    coffee, cake = redeemed
    head, *lines = lines_in(viewer.get(f"{PAGE}/coupons.csv?period=7d"))

    assert head[1:5] == ["Coupon ID", "Coupon", "Partner ID", "Partner"]
    assert sorted(line[1:] for line in lines) == sorted(
        [
            [coffee.id, "Free coffee", "", "", "4", "0", "2"],
            [coffee.id, "Free coffee", partner.id, "Bakery", "0", "0", "1"],
            [cake.id, "Free cake", "", "", "1", "0", "0"],
            [cake.id, "Free cake", partner.id, "Bakery", "0", "0", "1"],
        ]
    )
    assert len(lines_in(viewer.get(f"{PAGE}/coupons.csv?period=7d&partner={partner.id}"))) == 3
