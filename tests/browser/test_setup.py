"""A program from nothing to its levels, and a mistake on the way."""

import pytest

from loyalty_api.engine.models import Level
from selfservice.programs.models import Program
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def test_operator_makes_a_program_and_its_levels(visit):
    page = visit(java_script_enabled=False).sign_in(person(is_operator=True))

    page.get_by_role("link", name="Create a program").click()
    page.get_by_label("Code", exact=True).fill("club")
    page.get_by_label("Name", exact=True).fill("Bergblick Club")
    page.get_by_label("Opt-in channels").fill("newsletter")
    page.get_by_role("button", name="Create the program").click()
    page.get_by_text("2 of 6 done").wait_for()

    page.get_by_role("link", name="Set up levels and points", exact=True).click()
    for name, points, factor in (("Basic", "0", "1"), ("Gold", "1000", "1.5")):
        page.get_by_role("link", name="New level").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Status points needed").fill(points)
        page.get_by_label("Factor for points").fill(factor)
        page.get_by_role("button", name="Create level").click()
    page.get_by_text("Points: 75. Status points: 75.").wait_for()

    assert Program.objects.get().optins == ["newsletter"]
    assert Level.objects.count() == 2


def test_mistake_has_the_focus_and_leads_to_its_field(visit):
    operator = person(is_operator=True)
    visitor = visit(viewport={"width": 320, "height": 800})
    page = visitor.sign_in(operator, "/new-program")

    page.get_by_label("Name", exact=True).fill("Bergblick Club")
    page.get_by_label("Code", exact=True).fill("no good")
    page.get_by_label("Code", exact=True).press("Enter")
    page.get_by_text("Please check what you entered").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.name") == "code"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # The browser tells of every answer that is none of 2xx.
    assert "status of 422" in visitor.trouble.pop()
