"""The card as a program manager meets it: sign in, connect, make a key, see it once, revoke it."""

import re

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.keys.authentication import KeyRefused, authenticate
from tests.factories.engine import ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)
CARD = "/programs/club/integrations/braze"
RAW_KEY = re.compile(r"cvc_[A-Za-z0-9_-]{48}")


@pytest.fixture
def program():
    return ProgramFactory(code="club", name="Bergblick Club")


@pytest.fixture
def manager(program):
    return person(program=program)


def is_accepted(raw):
    try:
        authenticate(raw=raw, program_code="club", address="127.0.0.1", now=timezone.now())
    except KeyRefused:
        return False
    return True


def connect(page, endpoint):
    page.get_by_label("REST API key").fill("3d5f9a1c-77aa-4c0e-9a10-1f2e5b7c9d4f")
    page.get_by_label("REST endpoint").fill(endpoint)
    page.get_by_label("newsletter").check()
    page.get_by_role("button", name="Save and start streaming").click()
    page.get_by_text("Saved. Loyalty events are streaming to Braze.").wait_for()


def create_key(page, name):
    page.get_by_label("Name of the key").fill(name)
    page.get_by_role("button", name="Create key").click()
    return page.get_by_label("The new key").input_value()


def test_manager_connects_braze_and_handles_a_key(visit, manager, program, braze):
    page = visit().sign_in(manager)

    page.get_by_role("link", name="Open Bergblick Club").click()
    page.get_by_role("link", name="Connect Braze").click()
    connect(page, braze.url)
    assert Connection.objects.get(program=program).status == "active"
    page.get_by_role("link", name="Connection").click()
    assert page.get_by_label("REST API key").input_value() == ""
    assert page.get_by_text("•••• 9d4f").is_visible()

    page.get_by_role("link", name="API keys").click()
    raw = create_key(page, "Canvas webhooks")
    assert RAW_KEY.fullmatch(raw)
    assert is_accepted(raw)

    page.reload()
    assert page.url.endswith(f"{CARD}/keys")
    assert raw not in page.content()
    assert program.api_keys.count() == 1

    page.get_by_role("link", name="Revoke Canvas webhooks").click()
    assert is_accepted(raw)
    page.get_by_role("button", name="Revoke this key").click()
    page.get_by_text("Calls with it are refused from now on.").wait_for()
    assert not is_accepted(raw)


def test_manager_needs_no_script(visit, manager, program, braze):
    page = visit(java_script_enabled=False).sign_in(manager, f"{CARD}/connection")

    connect(page, braze.url)
    page.get_by_role("link", name="API keys").click()
    raw = create_key(page, "Canvas webhooks")
    page.reload()

    assert RAW_KEY.fullmatch(raw)
    assert raw not in page.content()
    assert program.api_keys.count() == 1


def test_manager_copies_the_key(visit, manager):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.sign_in(manager, f"{CARD}/keys")

    raw = create_key(page, "Canvas webhooks")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == raw


def test_manager_refreshes_the_calls(visit, manager):
    page = visit().sign_in(manager, CARD)

    with page.expect_response("**" + CARD):
        page.get_by_role("link", name="Refresh").click()

    page.get_by_role("heading", name="Recent calls").wait_for()
