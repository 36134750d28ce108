"""Answers with words that the database refuses: each event ends once, and is not sent again for their sake."""

from dataclasses import replace

import pytest

from integrations.braze.spec import SPEC
from integrations.connections.models import Connection
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import Lane
from integrations.delivery.sending import drain_lane
from integrations.spec import Answer, Delivered
from tests.factories.events import balance_event, refused_event
from tests.integrations.delivery.sending import deliver, in_thread, outcomes, send, tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"item_errors": {"name": "convercus_user_logged_in", "type": "bad \x00 one"}}, "bad � one"),
        ({"status": 400, "body": {"message": "bad \x00 one"}}, "400: bad � one"),
    ],
)
def test_refusal_with_nul_ends_the_event_once(program, connection, braze, fault, reason):
    event = refused_event()
    braze.fault(seconds=600, **fault)
    send(program, event)

    deliver(program)

    assert outcomes(program) == {event.event_id: ("dead", reason)}
    assert len(braze.journal()) == 1


@pytest.mark.parametrize("words", ["bad \x00 one", "bad \ud800 one"])
def test_any_integrations_unstorable_reason_is_replaced(program, connection, monkeypatch, words):
    def refuse(records, _config, _session):
        return Answer(Delivered(dict.fromkeys(range(len(records)), words)), "/", 201, b"", b"")

    event = balance_event()
    send(program, event)
    monkeypatch.setattr(Connection, "spec", replace(SPEC, send=refuse))
    (lane,) = claim_due(limit=1).lanes

    in_thread(drain_lane, lane)

    assert outcomes(program) == {event.event_id: ("dead", "refused")}
    assert tally(connection) == (1, 0, 1, 0, 0, 0)
    assert Lane.objects.get(accepted=1).due_at is None
