"""The pages about what did not arrive, as a viewer, an editor and nobody meet them."""

import re

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery.models import DeliveryOutcome, EventEdit, StoredEvent
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.events import balance_event, refused_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import deliver, send, tally
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def base(connection):
    return f"/programs/{connection.program.code}/integrations/braze"


@pytest.fixture
def editor(client, program):
    return sign_in(client, person(program=program, role=Role.EDITOR, email="eva@example.org"))


@pytest.fixture
def viewer(client, program):
    return sign_in(client, person(program=program, role=Role.VIEWER))


def links(page, pattern):
    return re.findall(rf'href="([^"]*{pattern}[^"]*)"', page.text)


def letter_of(base):
    outcome = DeliveryOutcome.objects.filter(replayed_at=None).latest("pk")
    return f"{base}/dead-letters/{outcome.day:%Y%m%d}-{outcome.pk}"


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


def test_letter_shows_both_sides_and_hides_who_it_is(viewer, base, program, connection, braze):
    event = balance_event("a-1", type="USER_LOGGED_IN", data={"email": "ada@example.org", "device": "till"})
    fail(program, braze, event)

    page = viewer.get(letter_of(base))

    assert "ada@example.org" not in page.text
    assert "a•••" in page.text
    assert "till" in page.text
    assert "What Braze said" in page.text
    assert "convercus_user_logged_in" in page.text
    assert "Send again as it is" not in page.text


def test_editor_sends_one_again(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    address = letter_of(base)

    answer = editor.post(f"{address}/again", follow=True)
    again = editor.post(f"{address}/again", follow=True)

    assert "The event waits to be sent again" in answer.text
    assert "Nothing was done" in again.text
    assert tally(connection) == (1, 0, 0, 0, 1, 0)


def send_edit(editor, address, content):
    """Looks at what would be sent, and sends it."""
    checked = editor.post(f"{address}/edit", {"content": content, "act": "check"})
    (seen,) = re.findall(r'name="seen" value="(\w+)"', checked.text)
    return editor.post(f"{address}/edit", {"content": content, "act": "send", "seen": seen}, follow=True)


def test_editor_edits_and_what_is_hidden_stays(editor, base, program, connection, braze):
    data = {"email": "ada@example.org", "device": "till"}
    fail(program, braze, balance_event("a-1", type="USER_LOGGED_IN", data=data))
    address = letter_of(base)
    shown = editor.get(f"{address}/edit")

    send_edit(editor, address, '{"email": "a•••", "device": "app"}')
    deliver(program)

    assert "ada@example.org" not in shown.text
    assert StoredEvent.objects.get().data == {"email": "ada@example.org", "device": "app"}
    line = AuditEntry.objects.get(action="event.edited")
    assert (line.actor, line.before, line.after) == ("eva@example.org", {"device": "till"}, {"device": "app"})
    assert tally(connection) == (1, 1, 0, 0, 0, 0)


def test_edit_is_shown_as_it_would_be_sent_before_it_is(editor, base, program, connection, braze):
    fail(program, braze, balance_event("a-1", type="USER_LOGGED_IN", data={"device": "till"}))
    address = letter_of(base)
    content = {"content": '{"device": "app", "amount": {"no": 1}}'}

    checked = editor.post(f"{address}/edit", content | {"act": "check"})
    (seen,) = re.findall(r'name="seen" value="(\w+)"', checked.text)
    changed = editor.post(f"{address}/edit", {"content": '{"device": "web"}', "act": "send", "seen": seen})
    unseen = editor.post(f"{address}/edit", content | {"act": "send"})

    assert checked.status_code == 200
    assert "&quot;device&quot;: &quot;app&quot;" in checked.text.partition("What Braze would get")[2]
    assert "amount: left out, only single values" in checked.text
    assert all("What Braze would get" in page.text for page in (changed, unseen))
    assert not EventEdit.objects.exists()
    assert "The edited event waits" in send_edit(editor, address, content["content"]).text


def test_history_stands_in_the_order_of_time(editor, base, program, connection, braze):
    fail(program, braze, balance_event("a-1", type="USER_LOGGED_IN", data={"device": "till"}))
    send_edit(editor, letter_of(base), '{"device": "app"}')
    deliver(program)

    page = editor.get(letter_of(base)).text.partition("Its history")[2]

    assert re.findall(r"<td data-label=\"What\">(?:<span>)?(\w+)", page) == ["Delivered", "Edited", "Failed"]


def test_only_what_was_refused_is_shown_to_go_again(editor, base, program, connection, braze):
    braze.fault(item_errors={"input_array": "events", "index": 0, "type": "bad event"})
    send(program, balance_event("a-1"))
    deliver(program)

    page = editor.get(letter_of(base)).text
    today = page.partition("What would be sent today")[2].partition("</section>")[0]

    assert DeliveryOutcome.objects.get().refused == ["events"]
    assert "Only the part that was refused" in today
    assert "convercus_balance_changed" in today
    assert "&quot;attributes&quot;" not in today


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            '{\n"points": "<b>x</b>",\n"lockedPoints": null}',
            ["“points” in line 2: a number", "“lockedPoints” in line 3"],
        ),
        ('{"reason": ["x"], "bookingId": 7}', ["“reason” in line 1: a text has to stand here"]),
        ('{"expiringAt": "tomorrow"}', ["“expiringAt” in line 1: a time with its offset"]),
    ],
)
def test_known_field_of_the_wrong_kind_is_named(editor, base, program, connection, braze, data, words):
    braze.fault(item_errors={"name": "convercus_balance_changed", "type": "bad"})
    send(program, balance_event("a-1"))
    deliver(program)

    page = editor.post(f"{letter_of(base)}/edit", {"content": data, "act": "check"})

    assert page.status_code == 422
    assert page.text.count("has to stand here") == 2 * len(re.findall("“", "".join(words)))
    assert all(each in page.text for each in words)
    assert "What Braze would get" not in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "not valid JSON, see line 1"),
        ("[1]", "must be a JSON object"),
        ('{"device": "till"}', "Nothing was changed"),
        ('{"phone": "0•••"}', "Write the value itself"),
        ('{"a": "\\u0000"}', "would not be accepted"),
        ("", "at least {}"),
    ],
)
def test_bad_edit_is_refused_with_words(editor, base, program, connection, braze, data, words):
    fail(program, braze, balance_event("a-1", type="USER_LOGGED_IN", data={"device": "till"}))

    answer = editor.post(f"{letter_of(base)}/edit", {"content": data})

    assert answer.status_code == 422
    assert words in answer.text
    assert not EventEdit.objects.exists()


def test_viewer_looks_and_changes_nothing(viewer, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    address = letter_of(base)

    codes = [
        viewer.post(f"{address}/again").status_code,
        viewer.get(f"{address}/edit").status_code,
        viewer.post(f"{base}/replays/new", {"state": "dead"}).status_code,
        viewer.post(f"{base}/resync", {"act": "begin"}).status_code,
    ]
    looks = [viewer.get(f"{base}/{name}").status_code for name in ("dead-letters", "replays", "replays/new", "resync")]

    assert codes == [403] * 4
    assert looks == [200] * 4
    assert tally(connection) == (1, 0, 1, 0, 0, 0)


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


def test_letter_that_is_not_there_is_not_found(viewer, base, connection):
    for name in ("20260302-1", "20269999-1", "nonsense", "1-1"):
        assert viewer.get(f"{base}/dead-letters/{name}").status_code == 404


def test_letter_of_another_program_is_not_found(client, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    stranger = sign_in(client, person(role=Role.ADMIN))

    assert stranger.get(letter_of(base)).status_code == 404


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


def test_from_the_member_to_the_repair_and_back(editor, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))

    story = editor.get(f"{base}/members/a-1").text
    (letter,) = set(re.findall(r'href="([^"]+)">Edit and send again', story))
    page = editor.get(letter).text
    (call,) = set(re.findall(r'href="([^"]+)">Open this call', page))
    steps = [editor.get(call).text, editor.get(f"{base}/activity?state=dead&period=24h").text]

    assert story.count(">Edit and send again") == 2, "in the answer, and beside the step"
    assert f'href="{base}/members/a-1?event=' in page
    assert f'href="{base}/members/a-1?event=' in editor.get(f"{base}/dead-letters/list").text
    assert all(f'href="{letter}"' in step for step in steps)


def test_viewer_is_not_told_to_edit(viewer, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))

    story = viewer.get(f"{base}/members/a-1").text

    assert "See why" in story
    assert "Edit and send again" not in story


def test_what_waits_names_its_member(viewer, base, program, connection):
    Connection.objects.update(paused_at=timezone.now())
    send(program, balance_event("a-1"))

    page = viewer.get(f"{base}/dead-letters?state=waiting").text

    assert f'href="{base}/members/a-1?event=' in page
