"""The list of coupons, and who has one or redeemed one."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_api.client.models import LoyaltyPlatform
from loyalty_api.engine.coupon_definitions import delete_coupon
from loyalty_api.engine.models import CouponDelta
from loyalty_api.pages.coupons.list_views import ROWS
from tests.factories.coupons import CouponRedemptionFactory, PromoCodeFactory
from tests.factories.engine import LONG_AGO, AccountFactory, CouponFactory, MembershipFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/programs/club/coupons"


def names(page):
    return re.findall(r'<a class="whole" href="/programs/club/coupons/[^"]+">([^<]+)</a>', page.text)


def test_empty_list_teaches_each_role(viewer, editor):
    assert "Editors and admins of this program can make one." in viewer.get(ADDRESS).text
    assert "Make the first coupon" in editor.get(ADDRESS).text
    assert "coupons/new" not in viewer.get(ADDRESS).text


def test_coupon_of_a_remote_platform_is_kept_there(editor, program):
    LoyaltyPlatform.objects.create(program=program, kind="remote", url="https://loyalty.example")

    page = editor.get(ADDRESS)

    assert (page.status_code, editor.post(f"{ADDRESS}/new").status_code) == (200, 409)
    assert "The coupons of this program are kept elsewhere" in page.text
    assert "coupons/new" not in page.text


@pytest.mark.parametrize(
    ("kind", "value", "worth"),
    [("DISCOUNT", 20, "20 % off"), ("REWARD", 1, "1 point<"), ("EXTRAPOINT", 1500, "+ 1,500 points"),
     ("MULTIPLIER", "2.50", "points × 2.5")],
)  # fmt: skip
def test_list_says_what_a_coupon_is_worth(viewer, program, kind, value, worth):
    CouponFactory(program=program, usage_type=kind, value=value)

    assert worth in viewer.get(ADDRESS).text


def test_list_tells_numbers_and_states(viewer, program):
    coupon = CouponFactory(program=program, name="Spring", valid_to=LONG_AGO)
    CouponDelta.objects.create(coupon_id=coupon.id, at=LONG_AGO, assigned=1234)
    delete_coupon(program=program, coupon_id=CouponFactory(program=program, name="Gone").id, now=LONG_AGO)
    CouponFactory(name="Of another program")

    page = viewer.get(ADDRESS)

    assert names(page) == ["Spring"]
    assert "until 15 Jan 2026, 09:30" in page.text
    assert "its window is over" in page.text
    assert f'<a href="{ADDRESS}/{coupon.id}/holders">1,234<' in page.text


def test_list_turns_its_pages_both_ways(viewer, program):
    made = [coupon.name for coupon in CouponFactory.create_batch(ROWS * 2 + 1, program=program)][::-1]

    first = viewer.get(ADDRESS)
    second = viewer.get(ADDRESS + re.search(r'href="(\?before=[^"]+)"', first.text)[1])
    third = viewer.get(ADDRESS + re.search(r'href="(\?before=[^"]+)"', second.text)[1])
    back = viewer.get(ADDRESS + re.search(r'href="(\?after=[^"]+)"', third.text)[1])

    assert [*names(first), *names(second), *names(third)] == made
    assert names(back) == names(second)
    assert 'href="?after=' not in first.text
    assert 'href="?before=' not in third.text


@pytest.mark.parametrize(
    "query", ["q=spri", "q=blossom+spring", "q=POS-771", "q=CODE1", "q=promo1", "status=PAUSED", "usage_type=REWARD",
              "assignation_type=PROMOCODE", "q=spring&status=PAUSED"],
)  # fmt: skip
def test_list_finds(viewer, program, query):
    found = CouponFactory(
        program=program,
        name="Spring",
        texts={"en": {"title": "Blossom"}},
        external_reference="POS-771",
        external_code="CODE1",
        status="PAUSED",
        usage_type="REWARD",
        assignation_type="PROMOCODE",
    )
    PromoCodeFactory(coupon=found, code="Promo1")
    CouponFactory(program=program, name="Autumn")

    assert names(viewer.get(f"{ADDRESS}?{query}")) == ["Spring"]


def test_filter_that_is_none_is_refused(viewer, program):
    CouponFactory(program=program)

    page = viewer.get(f"{ADDRESS}?status=soup")

    assert page.status_code == 422
    assert "Please check what you entered" in page.text
    assert names(page) == []


def test_queries_do_not_grow_with_coupons_and_redemptions(viewer, program):
    coupon = CouponFactory(program=program)

    def queries():
        counts = []
        for path in (ADDRESS, f"{ADDRESS}/{coupon.id}", f"{ADDRESS}/{coupon.id}/holders"):
            with CaptureQueriesContext(connection) as captured:
                assert viewer.get(path).status_code == 200
            counts.append(len(captured))
        return counts

    CouponRedemptionFactory(coupon=coupon)
    few = queries()
    CouponFactory.create_batch(ROWS, program=program)
    CouponRedemptionFactory.create_batch(ROWS, coupon=coupon)

    assert queries() == few
    assert max(few) < 20


def test_redemptions_show_initials_only(viewer, program):
    coupon = CouponFactory(program=program)
    member = MembershipFactory(account=AccountFactory(program=program))
    CouponRedemptionFactory(coupon=coupon, account=member.account, interaction_id="till-7")
    CouponRedemptionFactory(coupon=coupon, account=None, promo_code="SPRING")

    page = viewer.get(f"{ADDRESS}/{coupon.id}").text

    assert member.account.id in page
    assert "A. R." in page
    assert "till-7" in page
    assert "unknown: by promo code" in page
    assert "Rossi" not in page
