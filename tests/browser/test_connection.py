"""Card and connection as people use them: a failed save that says what to do, pause, the way back, keys only."""

import pytest

from integrations.connections.models import Connection
from integrations.delivery.intake import accept
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory
from tests.factories.events import balance_event
from tests.factories.people import person
from tests.integrations.delivery.sending import deliver

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "/programs/club/integrations/braze"


@pytest.fixture
def program():
    return ProgramFactory(code="club", name="Bergblick Club")


@pytest.fixture
def manager(program):
    return person(program=program)


@pytest.fixture
def connection(program, braze):
    return connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)


def test_refused_key_is_explained_and_a_good_one_clears_it(visit, manager, program, braze):
    braze.control(revoke="a-key-that-was-deleted")
    page = visit().sign_in(manager, f"{CARD}/connection")

    page.get_by_label("REST API key").fill("a-key-that-was-deleted")
    page.get_by_label("REST endpoint").fill(braze.url)
    page.get_by_label("newsletter").check()
    page.get_by_role("button", name="Save and start streaming").click()
    page.get_by_text("Saved, but the test failed. Braze does not know the key at this endpoint.").wait_for()
    assert Connection.objects.get().status == "stopped"

    page.get_by_label("REST API key").fill(braze.key)
    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("Saved. Loyalty events are streaming to Braze.").wait_for()
    assert Connection.objects.get().status == "active"


def test_editor_pauses_and_resumes_with_keys_and_without_script(visit, program, connection):
    accept(program=program, events=[balance_event()], source="test")
    editor = person(program=program, role=Role.EDITOR)
    page = visit(java_script_enabled=False).sign_in(editor, f"{CARD}/connection")

    page.get_by_role("button", name="Pause sending").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 event waits").first.wait_for()
    page.get_by_role("button", name="Resume").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Resumed. What has waited goes out now, in order.").wait_for()

    assert Connection.objects.get().status == "active"


def test_manager_asks_whether_braze_knows_a_member(visit, manager, program, connection):
    member = MembershipFactory(account=AccountFactory(program=program)).account_id
    page = visit().sign_in(manager, f"{CARD}/connection")

    page.get_by_role("textbox", name="Account ID").fill(member)
    page.keyboard.press("Enter")

    page.get_by_text("the identifier type does not match").wait_for()
    page.reload()
    assert page.url.endswith(f"{CARD}/connection")


def test_manager_goes_back_to_an_earlier_state(visit, manager, program, connection, braze):
    connect_braze(program, apiKey="", apiEndpoint=braze.url, productName="Till receipt")
    page = visit().sign_in(manager, f"{CARD}/connection")

    page.get_by_role("link", name="Whole history").click()
    page.get_by_role("link", name="Go back to this").click()
    page.get_by_text("Till receipt").wait_for()
    page.get_by_role("button", name="Go back to this").click()
    page.get_by_text("Saved. Loyalty events are streaming to Braze.").wait_for()

    assert Connection.objects.get().config["productName"] == "Completed Order"


def test_checklist_ticks_without_a_reload(visit, manager, program, connection):
    page = visit().sign_in(manager, CARD)
    page.get_by_text("1 of 6 done").wait_for()

    accept(program=program, events=[balance_event()], source="test")
    deliver(program)

    page.get_by_text("4 of 6 done").wait_for()
