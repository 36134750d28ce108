"""What every page of an integration has: its head, its tabs, its shortcuts, and the way back."""

import pytest

from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "/programs/club/integrations/braze"


@pytest.fixture
def program():
    return ProgramFactory(code="club", name="Bergblick Club")


@pytest.fixture
def viewer(program):
    connect_braze(program)
    return person(program=program, role=Role.VIEWER)


@pytest.mark.parametrize("width", [320, 390])
def test_tabs_of_a_phone_are_one_row_with_the_own_one_in_sight(visit, viewer, width):
    page = visit(viewport={"width": width, "height": 800}).sign_in(viewer, f"{CARD}/statistics")

    row = page.locator(".tabs").bounding_box()
    own = page.locator(".tabs [aria-current]").bounding_box()

    assert row["height"] < 80
    assert row["x"] <= own["x"]
    assert own["x"] + own["width"] <= row["x"] + row["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_lead_to_search_tabs_and_their_list(visit, viewer):
    page = visit().sign_in(viewer, f"{CARD}/statistics")

    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"**{CARD}/dead-letters")
    page.keyboard.press("/")
    page.wait_for_url(f"**{CARD}/activity#q")
    page.keyboard.type("a/g?")

    assert page.locator("#q").input_value() == "a/g?", "in a field they are letters"


def test_keys_can_be_switched_off(visit, viewer):
    page = visit().sign_in(viewer, CARD)

    page.locator(".menu summary").click()
    page.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("/")

    assert not page.locator("#shortcuts").is_visible()
    assert page.evaluate("document.activeElement.id") != "q"
