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
    assert row["x"] <= own["x"] and own["x"] + own["width"] <= row["x"] + row["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
