"""The programs' list and a program's page."""

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.connections.services import stop
from integrations.delivery.intake import accept
from selfservice.programs.models import Role
from tests.browser.world import build_world
from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db


def test_list_shows_own_programs_with_role(client):
    program, other = ProgramFactory(name="Bergblick"), ProgramFactory(name="Nordlicht")
    sign_in(client, person(program=program, role=Role.EDITOR))

    page = client.get("/programs").text

    assert "Bergblick" in page
    assert "Editor" in page
    assert other.name not in page


def proven(program, **changes):
    connection = connect_braze(program, **changes)
    Connection.objects.filter(pk=connection.pk).update(proven_generation=F("generation"))
    return connection


def test_list_says_how_each_program_is_doing(client):
    proven(ProgramFactory(name="Bergblick"))
    stop(connection=connect_braze(ProgramFactory(), apiKey="another-key-0123456789"), reason="refused")
    ProgramFactory(name="Unconnected")
    sign_in(client, person(is_operator=True))

    page = client.get("/programs").text

    assert page.count("Braze: Loyalty events flow to Braze") == 1
    assert page.count("Braze refuses our calls") == 1
    assert page.count("No integration is connected yet.") == 1


def test_list_says_that_much_is_refused(client):
    build_world()
    Connection.objects.update(proven_generation=F("generation"))
    sign_in(client, person(is_operator=True))

    page = client.get("/programs").text

    assert "Braze refused 1 event within 24 hours; the others arrive." in page
    assert "less than a minute ago" in page


def test_list_is_searched_when_it_is_long(client):
    ProgramFactory.create_batch(9)
    ProgramFactory(name="Bergblick", code="berg")
    sign_in(client, person(is_operator=True))

    every, found, none = (client.get(f"/programs?q={word}").text for word in ("", "BERG", "nothing-such"))

    assert (every.count('scope="row"'), found.count('scope="row"')) == (10, 1)
    assert "No program is called so" in none


def test_empty_installation_says_what_to_do(client):
    sign_in(client, person(email="ada@example.org"))
    assert "Ask an admin of your program to add <strong>ada@example.org</strong>" in client.get("/programs").text

    sign_in(client, person(is_operator=True))
    page = client.get("/programs").text
    assert "0 of 6 done" in page
    assert "/new-program" in page


def test_first_steps_tick_themselves(client):
    program = ProgramFactory(code="club")
    sign_in(client, person(program=program))
    assert "2 of 6 done" in client.get("/programs/club/first-steps").text

    connect_braze(program)
    key_for(program)

    page = client.get("/programs/club/first-steps").text
    assert "4 of 6 done" in page
    assert "/programs/club/levels" in page
    assert "4 of 6 first steps are done." in client.get("/programs/club").text


def test_first_steps_of_a_viewer_lead_to_no_form(client):
    program = ProgramFactory(code="club", optins=[])
    sign_in(client, person(program=program, role=Role.VIEWER))

    page = client.get("/programs/club/first-steps").text

    assert "These steps are for admins of the program." in page
    assert "Do it now" not in page


def test_list_has_pages(client):
    ProgramFactory.create_batch(26)
    sign_in(client, person(is_operator=True))

    first, second = client.get("/programs").text, client.get("/programs?page=2").text

    assert (first.count('scope="row"'), second.count('scope="row"')) == (25, 1)
    assert "Page 2 of 2" in second


@pytest.mark.parametrize("count", [1, 20])
def test_list_asks_the_database_a_fixed_number_of_times(client, django_assert_num_queries, count):
    for number in range(count):
        connect_braze(ProgramFactory(), apiKey=f"key-number-{number}-0123456789")
    sign_in(client, person(is_operator=True))

    # Session, person, count of programs, programs, roles, connections, what ended lately, workers and what waits
    # without one, lanes, last hours.
    with django_assert_num_queries(11):
        client.get("/programs")


def test_home_leads_to_the_programs(client):
    assert client.get("/").url == "/programs"


def program_page(client, connection=None, *, role=Role.ADMIN, program=None):
    program = program or connection.program
    sign_in(client, person(program=program, role=role))
    return client.get(f"/programs/{program.code}").text


def test_program_without_connection(client):
    page = program_page(client, program=ProgramFactory())

    assert "Not connected" in page
    assert "Connect Braze" in page


def test_program_with_an_incomplete_connection_names_the_field(client):
    page = program_page(client, connect_braze(ProgramFactory(), defaultOptins=None))

    assert "Still missing: Default opt-in channels." in page
    assert "Complete the connection" in page


def test_program_with_a_connection_that_nobody_has_tried(client):
    page = program_page(client, connect_braze(ProgramFactory()))

    assert "Checking" in page
    assert "Saved, and not tried yet" in page


def test_program_with_a_streaming_connection(client):
    page = program_page(client, proven(ProgramFactory()))

    assert "Streaming" in page
    assert "Loyalty events flow to Braze" in page
    assert "bulk" not in page


def test_program_whose_bulk_requests_are_refused_says_why(client):
    connection = proven(ProgramFactory(), bulkResync="on")
    Connection.objects.update(bulk_refusal="permission_missing")

    page = program_page(client, connection)

    assert "Braze takes no bulk requests with this key." in page
    assert "Degraded" in page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("key_refused", "Braze refuses our calls: The key is not valid, or not valid any more."),
        ("permission_missing", "The key lacks a permission that it needs."),
        ("wrong_address", "The endpoint is not the one that this key belongs to."),
        ("Invalid API key", "Braze refuses our calls: Invalid API key."),
    ],
)
def test_program_with_a_stopped_connection_gives_the_reason(client, reason, words):
    connection = connect_braze(ProgramFactory())
    stop(connection=connection, reason=reason)

    page = program_page(client, connection)

    assert words in page
    assert "Put it right" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"failures": 3}, "Retrying"),
        ({"proven_generation": 0, "tested_generation": F("generation"), "test_reason": "key_refused"}, "Degraded"),
        ({"tested_generation": F("generation"), "test_reason": "key_refused"}, "Streaming"),
        ({"failures": 3, "paused_at": timezone.now()}, "Paused"),
    ],
)
def test_programs_list_names_the_state(client, changes, words):
    connection = proven(ProgramFactory())
    Connection.objects.update(**changes)
    sign_in(client, person(program=connection.program))

    assert f"</svg>{words}</span>" in client.get("/programs").text


def test_program_with_a_paused_connection(client):
    connection = connect_braze(ProgramFactory())
    Connection.objects.update(paused_at=timezone.now())

    page = program_page(client, connection)

    assert "Events are kept in order" in page
    assert "Resume" in page


def test_program_shows_both_directions_of_the_last_day_and_what_waits(client):
    program = ProgramFactory()
    connection = connect_braze(program)
    accept(program=program, events=[balance_event(), balance_event("a-2")], source="test")

    page = program_page(client, connection)

    assert "Events to Braze" in page
    assert "Calls from Braze" in page
    assert "2 events wait</a>; age of the oldest: less than a minute." in page
    assert "do not add up" not in page


@pytest.mark.parametrize("count", [1, 200])
def test_program_asks_the_database_a_fixed_number_of_times(client, django_assert_num_queries, count):
    program = ProgramFactory()
    connect_braze(program)
    accept(program=program, events=[balance_event(f"a-{number}") for number in range(count)], source="test")
    sign_in(client, person(program=program))

    # Session, person, program, role, connections, what failed lately, workers and what waits without one, ledger, what
    # ended and what was called in 24 hours and last; for the first steps connection, key and levels; alerts.
    with django_assert_num_queries(16):
        client.get(f"/programs/{program.code}")


def test_program_offers_a_viewer_nothing_to_change(client):
    page = program_page(client, program=ProgramFactory(), role=Role.VIEWER)

    assert "Connect Braze" not in page
    assert "Open" in page


def test_program_escapes_its_names(client):
    page = program_page(client, program=ProgramFactory(name="<b>Bold</b>", optins=["<i>x</i>"]))

    assert "<b>Bold" not in page
    assert "<i>x" not in page
