"""Somebody makes a coupon, gives it an image and activates it, with and without JavaScript."""

import pytest

from loyalty_api.engine.models import Coupon
from selfservice.programs.models import Role
from tests.factories.coupons import png
from tests.factories.engine import ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/programs/club/coupons"


@pytest.mark.parametrize("script", [True, False])
def test_editor_makes_a_coupon(visit, script):
    editor = person(program=ProgramFactory(code="club"), role=Role.EDITOR)
    page = visit(java_script_enabled=script).sign_in(editor, LIST)

    page.get_by_role("link", name="New coupon").click()
    page.get_by_label("Name", exact=True).fill("Spring")
    page.get_by_label("Value").fill("20")
    assert not page.get_by_label("Valid from").is_visible()
    page.get_by_label("Only for a time").check()
    page.get_by_label("Valid to").fill("2031-03-01T12:00")
    page.get_by_role("group", name="English").get_by_label("Title", exact=True).fill("20 % off")
    if not script:
        page.get_by_role("button", name="Show the preview").click()
    card = page.get_by_role("article", name="English")
    card.get_by_role("heading", name="20 % off").wait_for()
    assert card.get_by_text("until 1 Mar 2031, 12:00").is_visible()
    page.get_by_role("button", name="Save as draft").click()

    page.get_by_text("Saved as a draft.").wait_for()
    page.get_by_role("link", name="Images").click()
    page.get_by_label("File").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png(16, 9)})
    page.get_by_label("Name", exact=True).fill("Blossom")
    page.get_by_role("button", name="Upload").click()
    picture = page.get_by_role("img", name="Blossom")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")

    page.get_by_role("link", name="The coupon").click()
    page.get_by_role("button", name="Activate").click()
    page.get_by_text("The coupon is now “Active”.").wait_for()
    assert Coupon.objects.get().status == "ACTIVE"
