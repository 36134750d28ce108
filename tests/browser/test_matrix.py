"""What is sent, as a program manager chooses it: look at the effect, save, try it with an event and a member."""

import pytest

from integrations.connections.models import Connection
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.factories.people import person
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "/programs/club/integrations/braze"
MOST_TABS = 200


@pytest.fixture
def program():
    program = ProgramFactory(code="club", name="Bergblick Club")
    connect_braze(program)
    send(program, balance_event(), canonical_event("USER_LOGGED_IN"), canonical_event("USER_CREATED"))
    return program


@pytest.fixture
def manager(program):
    return person(program=program)


def config():
    return Connection.objects.get().config


def choose(page):
    page.get_by_label("A member signs in").uncheck()
    page.get_by_label("Another name for convercus_balance_changed").fill("points")
    page.get_by_label("Another name for shoe_size").fill("size")


def tally(page):
    return dict(
        zip(page.locator(".tally dt").all_text_contents(), page.locator(".tally dd").all_text_contents(), strict=True)
    )


@pytest.mark.parametrize("script", [True, False])
def test_manager_sees_the_effect_and_saves(visit, manager, script):
    page = visit(java_script_enabled=script).sign_in(manager, CARD)

    page.get_by_role("link", name="Events & mapping").click()
    choose(page)
    page.get_by_role("button", name="Show the effect").click()

    page.get_by_role("heading", name="What your changes would do").wait_for()
    found = tally(page)
    assert (found["would change"], found["would no longer be sent"], found["would fail"]) == ("2", "1", "0")
    assert config()["rename"] == ""

    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("It holds for every event that is sent from now on.").wait_for()
    assert "USER_LOGGED_IN" not in config()["events"]
    assert config()["rename"] == "convercus_balance_changed = points"
    assert config()["propertyRename"] == "shoe_size = size"


def test_manager_tries_an_event_by_hand(visit, manager):
    page = visit().sign_in(manager, f"{CARD}/mapping")

    page.get_by_role("link", name="Example BALANCE_CHANGED").click()
    text = page.get_by_role("textbox", name="What comes in")
    text.fill(text.input_value().replace("420", "421"))
    page.get_by_role("button", name="Map it again").click()

    page.get_by_role("link", name="Back to the example").wait_for()
    assert '"points": 421' in page.get_by_role("region", name="The request as JSON").text_content()


def test_manager_makes_a_dry_run(visit, manager, program):
    account = MembershipFactory(account=AccountFactory(program=program)).account_id
    page = visit().sign_in(manager, f"{CARD}/mapping")

    page.get_by_label("Try it with a member").fill(account)
    page.get_by_role("button", name="Dry run").click()

    page.get_by_role("heading", name="attributes would be sent").wait_for()
    assert page.get_by_role("row", name="first_name").text_content().split() == ["first_name", "–", "A•••", "new"]


def test_manager_chooses_with_keys_alone(visit, manager):
    page = visit().sign_in(manager, f"{CARD}/mapping")

    tab_to(page, page.get_by_label("A member signs in"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Show the effect"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What your changes would do").wait_for()
    # Where the answer begins; from there the groups and the form are reached.
    assert page.evaluate("document.activeElement.id") == "effect"
    tab_to(page, page.get_by_role("link", name="Save or try"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("It holds for every event that is sent from now on.").wait_for()
    assert "USER_LOGGED_IN" not in config()["events"]


def tab_to(page, place):
    for _step in range(MOST_TABS):
        if place.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")
