"""The properties that a program defines for its coupons: a field each, beside the box for all others."""

import pytest

from loyalty_api.engine.coupon_definitions import get_coupon
from loyalty_api.engine.models import Coupon
from tests.factories.engine import CouponFactory
from tests.loyalty_api.pages.coupons.test_editor import FIELDS, LIST, fields_on, only_coupon
from tests.loyalty_api.pages.forms import text_of

pytestmark = pytest.mark.django_db
KINDS = {"season": "text", "size": "number", "isNew": "boolean", "soldSince": "date"}
GIVEN = {
    "property-season": "Spring",
    "property-size": "5",
    "property-isNew": "true",
    "property-soldSince": "2026-03-01",
    "custom_properties": "colour = green",
}
STORED = {"season": "Spring", "size": 5, "isNew": True, "soldSince": "2026-03-01", "colour": "green"}


@pytest.fixture(autouse=True)
def _defined(program):
    program.custom_properties = [
        {"owner": "coupon", "name": name, "label": f"The {name}", "kind": kind} for name, kind in KINDS.items()
    ]
    program.save()


def test_each_is_filled_in_and_shown_by_its_label(editor, program):
    page = text_of(editor.get(f"{LIST}/new"))
    assert all(f"The {name}" in page for name in KINDS)

    answer = editor.post(f"{LIST}/new", FIELDS | GIVEN)

    assert only_coupon(program).custom_properties == STORED
    shown = text_of(editor.get(answer.url))
    assert [part in shown for part in ("The season", "Spring", "The isNew", "Yes", "colour", "green")] == [True] * 6


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("property-size", "much"),
        ("property-isNew", "perhaps"),
        ("property-soldSince", "31.02.2026"),
        ("custom_properties", "size = 4"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(editor, field, value):
    page = editor.post(f"{LIST}/new", FIELDS | {field: value})

    assert page.status_code == 422
    assert f'id="coupon_{field}-error"' in page.text
    assert not Coupon.objects.exists()


def test_saving_without_a_change_keeps_all_kinds(editor, program):
    odd = {"size": "XL", "isNew": 1, "season": ["a"], "soldSince": "soon", "colour": 1.5}
    coupons = [CouponFactory(program=program, custom_properties=stored) for stored in (STORED, odd, {"size": 2.25})]

    for coupon in coupons:
        address = f"{LIST}/{coupon.id}/edit"
        assert editor.post(address, fields_on(editor.get(address)) | {"name": "New"}).status_code == 302
        after = get_coupon(program=program, coupon_id=coupon.id)
        assert (after.name, after.custom_properties) == ("New", coupon.custom_properties)


def test_emptied_field_takes_the_property_away(editor, program):
    coupon = CouponFactory(program=program, custom_properties=STORED)
    address = f"{LIST}/{coupon.id}/edit"

    editor.post(address, fields_on(editor.get(address)) | {"property-size": "", "property-isNew": "false"})

    after = only_coupon(program).custom_properties
    assert after == {name: value for name, value in STORED.items() if name != "size"} | {"isNew": False}
