"""The page of one event that did not arrive, who may open it, and the way to it."""

import re

import pytest

from integrations.delivery.models import DeliveryOutcome
from selfservice.programs.models import Role
from tests.factories.events import balance_event, refused_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import deliver, send, tally
from tests.integrations.recovery.letters import letter_of
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_letter_that_is_not_there_is_not_found(viewer, base, connection):
    for name in ("20260302-1", "20269999-1", "nonsense", "1-1"):
        assert viewer.get(f"{base}/dead-letters/{name}").status_code == 404


def test_letter_of_another_program_is_not_found(client, base, program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    stranger = sign_in(client, person(role=Role.ADMIN))

    assert stranger.get(letter_of(base)).status_code == 404


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
