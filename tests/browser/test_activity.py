"""Activity as people use it: from the card to the reason in three clicks, by keyboard, without script, live."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from integrations.calls.models import ApiCall, Direction
from integrations.calls.recording import Call, record_call
from integrations.delivery.intake import accept
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "/programs/club/integrations/braze"
REASON = "No connection was complete when the event came in."


@pytest.fixture
def program():
    return ProgramFactory(code="club", name="Bergblick Club")


@pytest.fixture
def viewer(program):
    return person(program=program, role=Role.VIEWER)


@pytest.fixture
def story(program):
    accept(program=program, events=[balance_event("a-1"), canonical_event("COUPON_ASSIGNED")], source="test")
    log(program, account_id="a-1")


def log(program, **fields):
    now = timezone.now()
    defaults = {"program_id": program.pk, "kind": "braze", "direction": Direction.IN, "method": "GET"}
    defaults |= {"path": "/v1/programs/club/members/a-1/profile", "endpoint": "members/profile", "status": 200}
    body = b'{"first_name": "Ada", "email": "ada@lovelace.example"}'
    defaults |= {"request_id": f"r-{now.timestamp()}", "started_at": now, "response_body": body}
    record_call(Call(**defaults | fields))


def ask(page, text):
    page.get_by_label("Account ID of a member, user ID, event ID, coupon or request ID").fill(text)
    page.get_by_role("button", name="Find").click()


def test_viewer_learns_in_three_clicks_why_it_did_not_arrive(visit, viewer, story):
    page = visit().sign_in(viewer, CARD)

    page.get_by_role("link", name="Activity", exact=True).click()
    ask(page, "a-1")

    assert REASON in page.get_by_role("heading", level=2).first.inner_text()
    assert page.get_by_text("COUPON_ASSIGNED").first.is_visible()
    page.get_by_text("What came in").first.click()
    assert page.get_by_text("SUMMER20").is_visible()


def test_viewer_needs_no_script(visit, viewer, story):
    page = visit(java_script_enabled=False).sign_in(viewer, f"{CARD}/activity")

    page.get_by_label("Outcome").select_option("problem")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_role("heading", name="No call matches").is_visible()
    page.get_by_role("link", name="Clear filters").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    ask(page, "a-1")

    assert "members/profile" in download.value.path().read_text()
    assert REASON in page.content()


def test_viewer_finds_a_member_by_keyboard(visit, viewer, story):
    page = visit().sign_in(viewer, f"{CARD}/activity")

    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    for _key in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("a-1")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CARD}/members/a-1")

    assert REASON in page.content()


def test_live_view_puts_new_calls_on_top_and_can_be_held(visit, viewer, program, story):
    page = visit().sign_in(viewer, f"{CARD}/activity")
    page.get_by_role("link", name="Live view").click()
    rows = page.locator("#call-rows tr")

    log(program, endpoint="members/ledger")
    page.get_by_text("1 new call").wait_for()
    assert "members/ledger" in rows.first.inner_text()
    assert page.locator("#live").get_attribute("role") == "status"

    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Paused.").wait_for()
    log(program, endpoint="members/coupons")
    page.wait_for_timeout(3500)
    assert rows.count() == 2
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert "members/coupons" in rows.first.inner_text()


def test_live_view_says_when_it_cannot_ask(visit, viewer, program, story):
    visitor = visit()
    page = visitor.sign_in(viewer, f"{CARD}/activity?live=1")
    away = page.get_by_text("Right now it cannot be asked whether there are new calls.")

    for stop in (lambda route: route.fulfill(status=503), lambda route: route.abort()):
        page.route("**/activity/live?**", stop)
        away.wait_for()
        page.unroute("**/activity/live?**")
        page.get_by_text("New calls appear on top by themselves.").wait_for()

    assert page.locator("#call-rows tr").count() == 1
    told = [text for text in visitor.trouble if not any(word in text for word in ("503", "ERR_FAILED", "htmx:"))]
    assert told == []
    visitor.trouble.clear()


def test_live_view_leads_to_the_sign_in_and_back_when_the_session_ends(visit, viewer, program, story):
    page = visit().sign_in(viewer, f"{CARD}/activity?live=1")

    page.context.clear_cookies()

    page.wait_for_url("**/sign-in?next=**")
    assert page.locator("main input[name=next]").get_attribute("value") == f"{CARD}/activity?live=1"


def test_live_view_keeps_two_hundred_rows(visit, viewer, program):
    page = visit().sign_in(viewer, f"{CARD}/activity?live=1")

    for number in range(220):
        log(program, account_id=f"a-{number}")
        if number % 44 == 43:
            page.get_by_text(f"member a-{number}", exact=True).wait_for(timeout=25_000)

    assert page.locator("#call-rows tr").count() == 200


def test_admin_sees_personal_data_once(visit, program, story):
    call = ApiCall.objects.latest("pk")
    page = visit().sign_in(person(program=program), f"{CARD}/activity/calls/{call.day:%Y%m%d}/{call.pk}")
    assert "lovelace" not in page.content()

    page.get_by_label("Reason").fill("Complaint 4711")
    page.get_by_role("button", name="Show personal data").click()

    page.get_by_text("ada@lovelace.example").first.wait_for()
    page.reload()
    assert "lovelace" not in page.content()
    assert AuditEntry.objects.filter(action="call.revealed").count() == 1


def test_what_is_asked_of_the_log_is_open_to_everybody(visit, viewer, story):
    """Beside the pages of the list, which `test_accessibility` looks at."""
    page = visit(viewport={"width": 320, "height": 800}, color_scheme="dark").sign_in(viewer, CARD)

    for path in (
        "/activity?state=dead&period=24h",
        "/activity?live=1",
        "/activity/search?q=c-1",
        "/activity/search?q=none",
    ):
        page.goto(page.url.partition("/programs")[0] + CARD + path)
        found = Axe().run(page).response["violations"]
        assert [(path, each["id"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
