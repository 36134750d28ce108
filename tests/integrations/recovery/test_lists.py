"""The lists of what did not arrive and of what waits: numbers, pages, filters."""

import re

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from selfservice.programs.models import Role
from tests.factories.events import balance_event, refused_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import send, tally
from tests.integrations.recovery.letters import links
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db(transaction=True)


def test_causes_are_shown_in_words_with_their_numbers(viewer, base, program, connection, braze):
    fail(program, braze, *[refused_event("a-1") for _ in range(3)])
    fail(program, braze, refused_event("a-2"), reason="Something nobody has heard of")

    page = viewer.get(f"{base}/dead-letters")

    assert "Mail address not valid" in page.text
    assert "What to do:" in page.text
    assert "Something nobody has heard of" in page.text
    assert re.findall(r'sums-number">(\d+)<', page.text) == ["4", "0", "0"]
    assert "replays/new?state=dead&amp;cause" not in page.text


def test_number_of_a_cause_leads_to_as_many_events(viewer, base, program, connection, braze):
    events = [refused_event("a-1") for _ in range(3)]
    fail(program, braze, *events)

    (address,) = links(viewer.get(f"{base}/dead-letters"), "dead-letters/list")
    page = viewer.get(address.replace("&amp;", "&"))

    assert all(event.event_id in page.text for event in events)
    assert "3 events, newest first." in page.text


def test_list_goes_on_page_by_page(viewer, base, program, connection, braze):
    fail(program, braze, *[refused_event("a-1") for _ in range(55)])
    (address,) = links(viewer.get(f"{base}/dead-letters"), "dead-letters/list")

    first = viewer.get(address.replace("&amp;", "&"))
    (older,) = links(first, "before=")
    second = viewer.get(f"{base}/dead-letters/list{older.replace('&amp;', '&')}")

    assert [page.text.count('class="sub code"') for page in (first, second)] == [50, 5]
    assert "Newest" in second.text


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "cause=x';DROP TABLE lane",
        "type=%27--",
        "member=%00",
        "since=2026-99-99",
        "until=9999999",
        "before=12-x",
        "state=waiting&after=1.2.3-x",
        "state=waiting&after=" + "9" * 40 + ".1",
    ],
)
def test_bad_filters_are_no_errors(viewer, base, connection, query):
    for name in ("dead-letters", "dead-letters/list", "replays/new"):
        assert viewer.get(f"{base}/{name}?{query}").status_code in {200, 400}


@pytest.mark.parametrize("name", ["dead-letters/list", "replays/new"])
def test_bad_filters_are_named_at_their_field(viewer, base, connection, name):
    page = viewer.get(f"{base}/{name}?member={'x' * 400}&since=2026-99-99&type=nothing")

    assert page.status_code == 400
    assert "Please check what you entered" in page.text
    assert "has at most 128 characters; this one has 400" in page.text
    assert set(links(page, "#filter_")) == {"#filter_member", "#filter_since", "#filter_type"}
    assert 'aria-describedby="filter_member-error"' in page.text


def test_bad_filters_begin_no_replay(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))

    page = editor.post(f"{base}/replays/new", {"state": "dead", "since": "2026-03-02", "until": "2026-03-01"})

    assert page.status_code == 400
    assert "The last day is before the first one" in page.text
    assert tally(connection) == (1, 0, 1, 0, 0, 0)


def test_what_waits_is_listed_oldest_first(viewer, base, program, connection):
    Connection.objects.update(paused_at=F("created_at"))
    events = [balance_event(f"a-{number}") for number in range(60)]
    for event in events:
        send(program, event)

    first = viewer.get(f"{base}/dead-letters?state=waiting")
    (following,) = links(first, "after=")
    second = viewer.get(f"{base}/dead-letters{following.replace('&amp;', '&')}")

    seen = [re.findall(r'class="sub code">([^<]+)<', page.text) for page in (first, second)]
    assert [len(each) for each in seen] == [50, 10]
    assert seen[0] + seen[1] == [event.event_id for event in events]
    assert "Events are kept in order" in first.text


def test_empty_lists_teach(viewer, base, connection):
    pages = [viewer.get(f"{base}/{name}").text for name in ("dead-letters", "dead-letters?state=waiting", "replays")]

    assert "Nothing failed" in pages[0]
    assert "Nothing waits" in pages[1]
    assert "No replay yet" in pages[2]


def test_program_without_a_connection_is_told_to_connect(client, db):
    from tests.factories.engine import ProgramFactory

    program = ProgramFactory(code="new")
    viewer = sign_in(client, person(program=program, role=Role.VIEWER))

    page = viewer.get("/programs/new/integrations/braze/dead-letters")

    assert "Not connected yet" in page.text


def test_pages_ask_the_database_as_often_for_many_as_for_few(
    viewer, base, program, connection, braze, django_assert_max_num_queries
):
    fail(program, braze, *[refused_event("a-1") for _ in range(60)])
    (address,) = links(viewer.get(f"{base}/dead-letters"), "dead-letters/list")

    with django_assert_max_num_queries(14):
        viewer.get(f"{base}/dead-letters")
    with django_assert_max_num_queries(14):
        viewer.get(address.replace("&amp;", "&"))


def test_what_waits_names_its_member(viewer, base, program, connection):
    Connection.objects.update(paused_at=timezone.now())
    send(program, balance_event("a-1"))

    page = viewer.get(f"{base}/dead-letters?state=waiting").text

    assert f'href="{base}/members/a-1?event=' in page
