"""An event that failed is edited, looked at as it would be sent, and sent again."""

import re

import pytest

from integrations.delivery.models import EventEdit, StoredEvent
from selfservice.audit.models import AuditEntry
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send, tally
from tests.integrations.recovery.letters import letter_of
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db(transaction=True)


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
