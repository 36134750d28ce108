"""Finding a member, an event, a call or a coupon by what one has of it."""

import pytest

from integrations.calls.models import ApiCall
from tests.factories.events import canonical_event
from tests.integrations.activity.reading import wait_for_the_log
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("text", ["a-1", "u-1", "e-77"])
def test_search_leads_to_the_member(admin, address, program, text):
    send(program, canonical_event("USER_LOGGED_IN", event_id="e-77", account_id="a-1", user_id="u-1"))
    send(program, canonical_event("MEMBERSHIP_CREATED", account_id="a-1", user_id="u-1"))

    answer = admin.get(f"{address}/activity/search", {"q": f" {text} "})

    assert answer.url.partition("?")[0] == f"{address}/members/a-1"
    assert ("event=e-77" in answer.url) is (text == "e-77")


def test_search_leads_to_a_call(admin, address, caller):
    caller.get("members/none/profile")
    wait_for_the_log(1)
    call = ApiCall.objects.get(endpoint="members/profile")

    answer = admin.get(f"{address}/activity/search", {"q": call.request_id})

    assert answer.url == f"{address}/activity/calls/{call.day:%Y%m%d}/{call.pk}"


@pytest.mark.parametrize("text", ["c-1", "SUMMER20"])
def test_search_finds_a_coupon(admin, address, program, text):
    send(program, canonical_event("COUPON_ASSIGNED"))

    page = admin.get(f"{address}/activity/search", {"q": text})

    assert "COUPON_ASSIGNED" in page.text
    assert f"{address}/members/a-1?event=" in page.text


def test_search_finds_calls_for_a_coupon_that_there_is_not(admin, address, caller):
    caller.post("campaigns/C 9/assign", {"account_id": "a-1"})

    page = admin.get(f"{address}/activity/search", {"q": "C 9"})

    assert f"{address}/activity?coupon=C%209" in page.text


def test_search_for_an_event_that_is_held(admin, address, program):
    send(program, canonical_event("USER_CREATED", event_id="e-held", account_id="", user_id="u-9"))

    assert "until its user has an account" in admin.get(f"{address}/activity/search", {"q": "u-9"}).text
    assert "until its user has an account" in admin.get(f"{address}/activity/search", {"q": "e-held"}).text


@pytest.mark.parametrize("text", ["nobody", "ada@example.net", "' OR 1=1", "x" * 500, "٣"])
def test_search_for_nothing_known(admin, address, text):
    page = admin.get(f"{address}/activity/search", {"q": text})

    assert page.status_code == 200
    assert "Nothing is known of" in page.text


def test_search_without_a_text_asks_for_one(admin, address):
    assert "Find a member, an event or a call" in admin.get(f"{address}/activity/search?q=+").text
