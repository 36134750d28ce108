"""The member's story, with events that really went out, or did not."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from tests.factories.connection import save_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import REFUSAL, balance_event, canonical_event, refused_event
from tests.factories.people import person, sign_in
from tests.integrations.activity.reading import kinds, sentence, wait_for_the_log
from tests.integrations.delivery.sending import deliver, send, turn

pytestmark = pytest.mark.django_db(transaction=True)


def test_story_of_an_event_that_arrived(admin, address, program, connection):
    send(program, balance_event("a-1"))
    deliver(program)

    page = admin.get(f"{address}/members/a-1")

    assert sentence(page).startswith("It arrived: Braze took BALANCE_CHANGED and answered 201")
    assert "we sent it for “a-1”" in page.text
    assert kinds(page) == ["BALANCE_CHANGED"]
    assert "Braze answered 201" in page.text


def test_story_names_what_was_left_out_of_what_arrived(admin, address, program, connection):
    send(program, canonical_event("USER_CHANGED", data={"user": {"emailAddress": "none", "givenName": "Ada"}}))
    deliver(program)

    page = admin.get(f"{address}/members/a-1").text

    assert "It arrived" in page
    assert "Values that Braze does not take were left out or repaired" in page
    assert "left out, not a valid address" in page


def test_story_of_an_event_that_was_refused(admin, address, program, connection, braze):
    send(program, balance_event("a-1"))
    deliver(program)
    braze.fault(**REFUSAL)
    send(program, refused_event("a-1"))
    deliver(program)

    page = admin.get(f"{address}/members/a-1")

    assert sentence(page).startswith("USER_LOGGED_IN did not arrive at Braze. not this one. Braze refused the event")
    assert kinds(page) == ["USER_LOGGED_IN", "BALANCE_CHANGED"]


def test_story_of_an_event_type_that_is_switched_off(admin, address, program, connection):
    save_braze(program, apiKey=None, apiEndpoint=connection.config["apiEndpoint"], events=["ACCOUNT_CREATED"])
    send(program, canonical_event("USER_LOGGED_IN", account_id="a-1"))
    deliver(program)

    page = admin.get(f"{address}/members/a-1")

    assert sentence(page).endswith("Neither the event nor anything that it tells was chosen to be sent.")
    assert "Open the mapping" in page.text


def test_story_without_a_connection(admin, address, program):
    send(program, balance_event("a-1"))

    assert "No connection was complete when the event came in." in sentence(admin.get(f"{address}/members/a-1"))


def test_story_of_what_waits_because_braze_is_away(admin, address, program, connection, braze):
    braze.fault(status=503, next=50)
    send(program, balance_event("a-1"))
    turn(program)

    page = admin.get(f"{address}/members/a-1")

    assert "BALANCE_CHANGED waits: the last request failed" in sentence(page)
    assert "The other side failed with status 503" in page.text
    assert "Tried again later: the last request failed." in page.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"paused_at": timezone.now()}, "because the connection is paused"),
        ({"stopped_at": timezone.now(), "stop_reason": "key_refused"}, "Braze does not know the key at this endpoint."),
        ({"parked_until": timezone.now() + timedelta(hours=1), "is_wait_stated": True}, "asked us to wait until"),
    ],
)
def test_story_of_what_waits_because_of_the_connection(admin, address, program, connection, changes, words):
    send(program, balance_event("a-1"))
    Connection.objects.update(**changes)

    page = admin.get(f"{address}/members/a-1")

    assert words in sentence(page)
    assert "Waiting" in page.text


def test_story_asks_about_one_event(admin, address, program, connection):
    first, second = balance_event("a-1"), balance_event("a-1")
    send(program, first)
    deliver(program)
    Connection.objects.update(paused_at=timezone.now())
    send(program, second)

    assert "paused" in sentence(admin.get(f"{address}/members/a-1"))
    assert sentence(admin.get(f"{address}/members/a-1?event={first.event_id}")).startswith("It arrived")
    assert "paused" in sentence(admin.get(f"{address}/members/a-1?event=none"))


def test_story_tells_calls_and_events_in_pages(admin, address, program, caller):
    for _number in range(40):
        send(program, balance_event("a-1"))
    for _number in range(3):
        caller.get("members/a-1/profile")
    wait_for_the_log(3)

    pages = [admin.get(f"{address}/members/a-1")]
    while further := re.search(r'href="([^"]*before=[^"]*)"', pages[-1].text):
        pages.append(admin.get(further[1]))

    assert [len(kinds(page)) for page in pages] == [25, 18]
    assert kinds(pages[0])[:4] == ["GET members/profile"] * 3 + ["BALANCE_CHANGED"]


def test_story_of_nobody(admin, address):
    assert sentence(admin.get(f"{address}/members/nobody")).startswith("The program has no member")
    assert admin.get(f"{address}/members/nobody?before=x").status_code == 200


def test_story_of_an_account_with_a_slash(admin, address, program):
    send(program, balance_event("a/1"))

    page = admin.get(f"{address}/activity/search?q=a/1")

    assert page.url == f"{address}/members/a/1"
    assert kinds(admin.get(page.url)) == ["BALANCE_CHANGED"]


def test_story_hides_personal_data(admin, address, program):
    send(program, canonical_event("USER_CREATED", account_id="a-1"))
    text = admin.get(f"{address}/members/a-1").text

    event = canonical_event("USER_CREATED")
    assert event.data["user"]["emailAddress"] not in text
    assert "•••" in text


def test_story_is_of_one_program(client, address, program):
    send(program, balance_event("a-1"))
    other = ProgramFactory()
    sign_in(client, person(program=other))

    assert client.get(f"{address}/members/a-1").status_code == 404
    assert kinds(client.get(f"/programs/{other.code}/integrations/braze/members/a-1")) == []


@pytest.mark.parametrize("count", [5, 25])
def test_story_asks_the_database_a_fixed_number_of_times(
    admin, address, program, connection, count, django_assert_max_num_queries
):
    for _number in range(count):
        send(program, balance_event("a-1"))
    deliver(program)

    with django_assert_max_num_queries(15):
        admin.get(f"{address}/members/a-1")


def test_other_sides_words_are_masked_for_everybody(admin, address, program, connection, braze):
    quoted = REFUSAL["item_errors"] | {"type": "user grace@example.org is odd"}
    braze.fault(**REFUSAL | {"item_errors": quoted})
    send(program, refused_event("a-1"))
    deliver(program)

    pages = [admin.get(f"{address}/{path}", follow=True).text for path in ("members/a-1", "activity?state=dead")]

    assert not [page for page in pages if "grace@example" in page]
    assert "user g••• is odd" in pages[0]
    assert all("is odd" in page for page in pages)
