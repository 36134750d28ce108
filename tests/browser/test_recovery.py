"""Dead letters as a program manager meets them: find the cause, put it right, send all of it again."""

import pytest
from django.db.models import F

from integrations.connections.models import Connection
from integrations.delivery import tasks
from integrations.delivery.models import DeliveryOutcome
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, refused_event
from tests.factories.people import person
from tests.integrations.delivery.sending import deliver, send, tally
from tests.integrations.stand_in import StandIn, start_process

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "/programs/club/integrations/braze"
OTHERS = ("replays", "replays/new", "resync")
IDENTIFIER = "'external_id' is not valid"


@pytest.fixture(scope="module")
def braze_process():
    started = start_process()
    yield started
    started.process.terminate()
    with started.process:
        started.process.wait(timeout=10)


@pytest.fixture
def braze(braze_process, settings):
    settings.OUTBOUND_ALLOW = frozenset({braze_process.host_port})
    settings.DELIVERY_SWEEP_SECONDS = 0.02
    yield StandIn(braze_process.process, braze_process.url)
    braze_process.control(clear=True)


@pytest.fixture
def program(db):
    return ProgramFactory(code="club", name="Bergblick Club")


@pytest.fixture
def connection(program, braze):
    return connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)


def fail(program, braze, *events, reason=IDENTIFIER):
    Connection.objects.update(proven_generation=F("generation"))
    braze.fault(item_errors={"name": "convercus_user_logged_in", "type": reason}, seconds=600)
    send(program, *events)
    deliver(program)
    braze.control(clear=True)


def work(program):
    tasks.work_off_replays()
    deliver(program)


def fix_and_send_again(page, act):
    """From the dead letters to the end, counted in clicks: `act` is how one is made."""
    act(page.get_by_role("link", name="Put it right"))
    act(page.get_by_label("newsletter"))
    act(page.get_by_role("button", name="Save and start streaming").or_(page.get_by_role("button", name="Save")).first)
    act(page.get_by_role("link", name="Dead letters"))
    act(page.get_by_role("link", name="Send again"))
    act(page.get_by_role("button", name="Send 200 events"))


@pytest.mark.parametrize("scripts", [True, False])
def test_connection_is_fixed_and_all_sent_again_in_six_clicks(visit, program, connection, braze, scripts):
    fail(program, braze, *[refused_event(f"a-{number}") for number in range(200)])
    page = visit(java_script_enabled=scripts).sign_in(person(program=program), f"{CARD}/dead-letters")
    clicks = []

    def click(found):
        clicks.append(found)
        found.click()

    fix_and_send_again(page, click)
    page.get_by_text("0 of 200 put back into line").wait_for()
    work(program)
    if not scripts:
        page.reload()
    page.get_by_text("200 of 200 put back into line").wait_for(timeout=4_000)

    assert len(clicks) <= 6
    assert tally(connection)[:2] == (200, 200)
    assert page.get_by_role("button", name="Pause").count() == 0


def test_event_is_edited_with_keys_alone(visit, program, connection, braze):
    fail(program, braze, balance_event("a-1", type="USER_LOGGED_IN", data={"device": "till"}), reason="odd device")
    outcome = DeliveryOutcome.objects.get()
    visitor = visit()
    editor = person(program=program, role=Role.EDITOR)
    page = visitor.sign_in(editor, f"{CARD}/dead-letters/{outcome.day:%Y%m%d}-{outcome.pk}")

    page.get_by_role("link", name="Edit and send again").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Data of the event").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("{nonsense")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("This is not valid JSON, see line 1").first.wait_for()
    page.get_by_label("Data of the event").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type('{"device": "app"}')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What Braze would get").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("The edited event waits to be sent.").wait_for()
    deliver(program)

    assert tally(connection)[:2] == (1, 1)
    # Chromium notes each form that is shown again.
    visitor.trouble[:] = [line for line in visitor.trouble if "422" not in line]


def test_pages_have_no_sideways_scroll_on_a_phone(visit, program, connection, braze):
    fail(program, braze, *[refused_event("a-1") for _ in range(3)], reason="x" * 150)
    outcome = DeliveryOutcome.objects.first()
    viewer = person(program=program, role=Role.EDITOR)
    letter = f"dead-letters/{outcome.day:%Y%m%d}-{outcome.pk}"

    page = visit(viewport={"width": 320, "height": 640}).sign_in(viewer, f"{CARD}/dead-letters")
    for path in ("dead-letters", "dead-letters?state=waiting", letter, f"{letter}/edit", *OTHERS):
        page.goto(f"{page.url.split(CARD)[0]}{CARD}/{path}")

        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
