"""The page of snippets in a browser: on a phone, in the dark, without JavaScript, and copied."""

import pytest

from tests.factories.engine import ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/programs/club/integrations/braze/snippets"


@pytest.fixture
def manager():
    return person(program=ProgramFactory(code="club"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_page_fits(visit, manager, scheme, width):
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900}).sign_in(manager, PAGE)

    page.get_by_role("heading", name="Book points").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_is_copied_as_it_stands(visit, manager):
    page = visit(permissions=["clipboard-read", "clipboard-write"]).sign_in(manager, PAGE)
    part = page.locator("#profile")

    part.get_by_role("button", name="Copy").click()
    part.get_by_role("button", name="Copied").wait_for()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("{% connected_content\n")
    assert copied.endswith("{% endif %}")


def test_texts_are_there_without_script(visit, manager):
    page = visit(java_script_enabled=False).sign_in(manager, PAGE)

    assert page.locator("#book-body").is_visible()
    assert page.get_by_role("button", name="Copy").count() == 0
