"""From no key to the first call, as somebody goes who has read nothing; and what is pasted is looked over."""

import re
from datetime import timedelta

import pytest
import requests

from integrations.calls.buffering import BUFFER_SECONDS
from integrations.keys.models import ApiKey
from integrations.keys.services import rotate_key
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, key_for
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
BRAZE = "/programs/club/integrations/braze"
RAW_KEY = re.compile(r"cvc_[A-Za-z0-9_-]{48}")
FAULTY = "Authorization: Bearer cvc_abcdefghijklmnop\nContent-Type: text/plain"


@pytest.fixture
def program():
    found = ProgramFactory(code="club", name="Bergblick Club")
    AccountFactory(id="a-1", program=found)
    return found


@pytest.fixture
def manager(program):
    return person(program=program)


def call(visitor, path, *, key, body=None):
    headers = {"X-Convercus-Key": key}
    address = f"{visitor.base}/v1/programs/club/{path}"
    requests.request("POST" if body else "GET", address, json=body, headers=headers, timeout=10)


def test_page_ticks_when_the_first_call_comes(visit, manager):
    visitor = visit()
    page = visitor.sign_in(manager, f"{BRAZE}/first-call")
    page.get_by_label("Name of the key").fill("Canvas webhooks")
    page.get_by_role("button", name="Create key").click()
    raw = page.get_by_label("The new key").input_value()

    call(visitor, "members/a-1/bookings", key="cvc_wrong", body={"points": 1})
    page.get_by_text("The key is missing or not valid here.").wait_for()
    call(visitor, "members/a-1/bookings", key=raw, body={"points": 1})
    page.get_by_text("“booking_type” is missing.").wait_for()
    call(visitor, "members/a-1/profile", key=raw)
    page.get_by_text("The first call from Braze has come in, and all is well.").wait_for()

    assert page.locator(".tick-done").count() == 3
    assert page.get_by_role("link", name="Refresh").count() == 0


def test_first_call_needs_no_script(visit, manager):
    visitor = visit(java_script_enabled=False)
    page = visitor.sign_in(manager, f"{BRAZE}/first-call")
    page.get_by_label("Name of the key").fill("Canvas webhooks")
    page.get_by_role("button", name="Create key").click()
    raw = page.get_by_label("The new key").input_value()
    page.get_by_role("link", name="I have stored it, hide it").click()
    assert raw not in page.content()

    page.get_by_role("link", name="Profile: points, level, next reward").click()
    assert page.locator("#profile-block").is_visible()
    call(visitor, "members/a-1/profile", key=raw)
    page.wait_for_timeout(1_000 * (BUFFER_SECONDS + 0.5))
    page.get_by_role("link", name="Refresh").click()

    page.get_by_text("The first call from Braze has come in, and all is well.").wait_for()


def test_key_is_hidden_once_it_is_stored(visit, manager):
    page = visit().sign_in(manager, f"{BRAZE}/keys")
    page.get_by_label("Name of the key").fill("Canvas webhooks")
    page.get_by_role("button", name="Create key").click()
    assert RAW_KEY.search(page.content())

    page.get_by_role("link", name="I have stored it, hide it").click()
    page.get_by_text("Safe to revoke? Yes.").wait_for()

    assert not RAW_KEY.search(page.content())


def test_overlap_is_ended_with_the_keyboard_alone(visit, manager, program):
    prefix = key_for(program)[4:12]
    rotate_key(prefix=prefix, overlap=timedelta(days=1), actor=ACTOR)
    page = visit().sign_in(manager, f"{BRAZE}/keys")

    page.get_by_role("link", name="Extend or end Tests").focus()
    page.keyboard.press("Enter")
    page.get_by_label("not at all: it stops at once").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("“Tests” has ended").wait_for()

    assert page.get_by_text("1 key that does not work any more").is_visible()
    assert ApiKey.objects.get(prefix=prefix).state == "expired"


def test_pasted_text_is_checked_with_the_keyboard_alone(visit, manager):
    page = visit().sign_in(manager, f"{BRAZE}/check")

    page.get_by_label("What you want to paste").focus()
    page.keyboard.insert_text(FAULTY)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Content-Type must be application/json.").wait_for()

    assert page.evaluate("document.activeElement.id") == "checked-title"
    assert "cvc_abcdefgh" not in page.content()
    assert page.get_by_label("What you want to paste").input_value().startswith("Authorization: …")


def test_viewer_checks_a_text_without_script(visit, program):
    viewer = person(program=program, role=Role.VIEWER)
    page = visit(java_script_enabled=False).sign_in(viewer, f"{BRAZE}/check")

    page.get_by_label("What you want to paste").fill(FAULTY)
    page.get_by_role("button", name="Check").click()

    page.get_by_text("The header X-Convercus-Key is missing").wait_for()


@pytest.mark.parametrize("path", ["keys", "first-call", "check", "snippets"])
def test_page_fits_a_phone(visit, manager, program, path):
    raw = key_for(program)
    for width in (320, 390):
        page = visit(viewport={"width": width, "height": 800}).sign_in(manager, f"{BRAZE}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(page.url.replace(f"/{path}", f"/keys/{raw[4:12]}/rotate"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
