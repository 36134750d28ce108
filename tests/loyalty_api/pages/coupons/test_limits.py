"""Limits against what was redeemed, and how a coupon that is used up is shown."""

import pytest

from tests.factories.engine import CouponFactory
from tests.loyalty_api.pages.coupons.test_editor import FIELDS, LIST, fields_on, only_coupon
from tests.loyalty_api.pages.forms import text_of

pytestmark = pytest.mark.django_db


def saved(editor, coupon, **given):
    address = f"{LIST}/{coupon.id}/edit"
    return editor.post(address, fields_on(editor.get(address)) | {"has_limits": "on"} | given, follow=True)


def test_limit_below_what_was_redeemed_is_refused(editor, program):
    coupon = CouponFactory(program=program, redeem_count_global=3)

    refused, taken = (saved(editor, coupon, max_redeem_count_global=most) for most in ("2", "3"))

    assert "It has been redeemed 3 times already" in text_of(refused)
    assert (refused.status_code, taken.status_code) == (422, 200)
    assert only_coupon(program).max_redeem_count_global == 3
    assert "used up" in text_of(editor.get(LIST))
    assert "used up" in text_of(taken)


def test_coupon_that_is_beyond_its_limit_can_still_be_edited(editor, program):
    coupon = CouponFactory(program=program, redeem_count_global=3, max_redeem_count_global=2)

    assert saved(editor, coupon, name="New").status_code == 200
    assert only_coupon(program).name == "New"


def test_stricter_limit_per_member_says_what_follows(editor, program):
    coupon = CouponFactory(program=program, max_redeem_count=3)

    assert "can redeem it no more" in text_of(saved(editor, coupon, max_redeem_count="1"))


def test_coupon_of_everybody_counts_no_assignments(editor, program):
    coupon = CouponFactory(program=program, assignation_type="ALL")

    assert all("all members" in text_of(editor.get(path)) for path in (LIST, f"{LIST}/{coupon.id}"))


def test_all_objections_are_told_at_once(editor, program):
    given = {"value": "500", "has_window": "on", "valid_from": "2026-03-02T00:00", "valid_to": "2026-03-01T00:00"}

    page = text_of(editor.post(f"{LIST}/new", FIELDS | given))

    assert "A discount is at most 100 per cent." in page
    assert "The end has to be after the beginning." in page
    assert "500 % off" not in page
