"""One event sent again: as it is, and edited. What came in is kept, and order and ledger stay right."""

import orjson
import pytest

from integrations.calls.models import ApiCall
from integrations.delivery import resending
from integrations.delivery.models import DeliveryOutcome, EventEdit, StoredEvent
from integrations.delivery.resending import NotThereAnyMore
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor
from tests.factories.events import balance_event, refused_event
from tests.integrations.delivery.sending import deliver, send, tally
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db(transaction=True)
ADA = Actor("ada@example.org", "198.51.100.7")
TOLD = {"before": {"points": 1}, "after": {"points": 2}}


def dead():
    return DeliveryOutcome.objects.get(state="dead", replayed_at=None)


def test_one_event_is_sent_again(program, connection, braze):
    event = refused_event("a-1")
    fail(program, braze, event)

    resending.send_again(connection=connection, outcome=dead(), actor=ADA)
    waiting = tally(connection)
    deliver(program)

    assert waiting == (1, 0, 0, 0, 1, 0)
    assert tally(connection) == (1, 1, 0, 0, 0, 0)
    assert braze.taken() == [event.event_id]
    line = AuditEntry.objects.get(action="event.sent_again")
    assert (line.actor, line.subject) == ("ada@example.org", event.event_id)


def test_second_click_sends_nothing(program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    outcome = dead()
    resending.send_again(connection=connection, outcome=outcome, actor=ADA)

    with pytest.raises(NotThereAnyMore):
        resending.send_again(connection=connection, outcome=outcome, actor=ADA)

    assert tally(connection) == (1, 0, 0, 0, 1, 0)
    assert AuditEntry.objects.filter(action="event.sent_again").count() == 1


def test_edited_event_arrives_and_the_original_is_kept(program, connection, braze):
    event = balance_event("a-1", type="USER_LOGGED_IN", data={"device": "till"})
    fail(program, braze, event)

    resending.send_edited(connection=connection, outcome=dead(), data={"device": "app"}, told=TOLD, actor=ADA)
    deliver(program)

    (sent,) = ApiCall.objects.filter(status=201)
    assert orjson.loads(sent.request_body)["events"][0]["properties"]["device"] == "app"
    assert braze.taken() == [event.event_id]
    edit = EventEdit.objects.get()
    assert (edit.before, edit.after, edit.edited_by) == ({"device": "till"}, {"device": "app"}, "ada@example.org")
    assert StoredEvent.objects.get().data == {"device": "app"}
    assert AuditEntry.objects.get(action="event.edited").after == {"points": 2}
    assert tally(connection) == (1, 1, 0, 0, 0, 0)


def test_edited_old_value_does_not_overwrite_a_newer_one(program, connection, braze):
    old = balance_event("a-1", data={"points": 5, "lockedPoints": 0, "statusPoints": 0})
    braze.fault(item_errors={"input_array": "attributes", "index": 0, "type": "no"})
    send(program, old)
    deliver(program)
    braze.control(clear=True)
    send(program, balance_event("a-1", data={"points": 9, "lockedPoints": 0, "statusPoints": 0}))
    deliver(program)

    data = {"points": 6, "lockedPoints": 0, "statusPoints": 0}
    resending.send_edited(connection=connection, outcome=dead(), data=data, told=TOLD, actor=ADA)
    deliver(program)

    assert braze.profile("a-1")["attributes"]["convercus_balance"]["points"] == 9


def test_edit_that_comes_too_late_changes_nothing(program, connection, braze):
    fail(program, braze, balance_event("a-1", type="USER_LOGGED_IN", data={"device": "till"}))
    outcome = dead()
    resending.send_again(connection=connection, outcome=outcome, actor=ADA)

    with pytest.raises(NotThereAnyMore):
        resending.send_edited(connection=connection, outcome=outcome, data={}, told=TOLD, actor=ADA)

    assert StoredEvent.objects.get().data == {"device": "till"}
    assert not EventEdit.objects.exists()
