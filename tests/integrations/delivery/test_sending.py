"""What becomes of waiting units, against a Braze that answers in every way it may."""

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.connections.services import stop
from integrations.delivery import sending
from integrations.delivery.models import Attempt, Delivery, DeliveryOutcome
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.integrations.delivery.sending import deliver, outcomes, send, tally, turn

pytestmark = pytest.mark.django_db(transaction=True)


def test_deliver_reaches_profile_and_ends_unit(program, connection, braze):
    event = balance_event("a-1", data={"points": 420, "lockedPoints": 60, "statusPoints": 1380})
    send(program, event)

    deliver(program)

    balance = braze.profile("a-1")["attributes"]["convercus_balance"]
    assert balance == {"points": 420, "lockedPoints": 60, "statusPoints": 1380}
    assert braze.taken() == [event.event_id]
    assert tally(connection) == (1, 1, 0, 0, 0, 0)
    assert outcomes(program) == {event.event_id: ("delivered", "")}
    assert not Delivery.objects.exists()
    assert not Attempt.objects.exists()


def test_deliver_fills_requests_and_keeps_order(program, connection, braze):
    events = [balance_event("a-1") for _ in range(100)]
    send(program, *events)

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert [len(entry["objects"]) for entry in braze.journal()] == [75, 27]
    assert tally(connection) == (100, 100, 0, 0, 0, 0)


def test_turn_that_is_over_sends_on_what_fills_a_request(program, connection, braze, monkeypatch):
    """What is mapped by then would be mapped again in the next turn."""
    monkeypatch.setattr(sending, "SLICE_SECONDS", 0.05)
    braze.fault(status=201, process=True, delay=0.1, next=9)
    send(program, *(balance_event("a-1") for _ in range(170)))

    turn(program)

    assert [len(entry["objects"]) for entry in braze.journal()] == [75, 75]
    assert tally(connection) == (170, 148, 0, 0, 22, 0)


def test_deliver_logs_the_request_without_its_key(program, connection, braze):
    send(program, balance_event(), balance_event())

    deliver(program)

    call = ApiCall.objects.get()
    assert (call.direction, call.method, call.path, call.endpoint) == ("out", "POST", "/users/track", "users/track")
    assert (call.kind, call.program_id, call.status, call.units) == ("braze", program.pk, 201, 2)
    assert '"convercus_balance"' in call.request_body
    assert '"message":"success"' in call.response_body.replace(" ", "")
    assert braze.key not in call.request_body + call.response_body + call.path
    assert {row.request_id for row in DeliveryOutcome.objects.all()} == {call.request_id}


def test_deliver_unknown_type_is_filtered_and_sends_nothing(program, connection, braze):
    send(program, balance_event(type="WEATHER_CHANGED"))

    deliver(program)

    assert tally(connection) == (1, 0, 0, 1, 0, 0)
    assert braze.journal() == []
    assert DeliveryOutcome.objects.get().reason == "unknown_type"


def test_item_error_kills_only_its_event(program, connection, braze):
    events = [balance_event("a-1"), canonical_event("COUPON_ASSIGNED", account_id="a-1"), balance_event("a-1")]
    braze.fault(item_errors={"name": "convercus_coupon_assigned", "type": "not today"})
    send(program, *events)

    deliver(program)

    assert braze.taken() == [events[0].event_id, events[2].event_id]
    assert outcomes(program)[events[1].event_id] == ("dead", "not today")
    assert tally(connection) == (3, 2, 1, 0, 0, 0)
    assert ApiCall.objects.get().error == "not today"


def test_refused_request_is_halved_until_the_bad_unit_stands_alone(program, connection, braze):
    events = [balance_event("a-1") for _ in range(8)]
    events[5] = canonical_event("COUPON_ASSIGNED", account_id="a-1")
    send(program, *events)
    for _ in range(4):
        braze.fault(status=400, body={"message": "Something in it is bad"})

    deliver(program)

    # 8, then 4, 2 and 1 are refused; what is left of each half is taken.
    assert [entry["status"] for entry in braze.journal()][:4] == [400] * 4
    assert tally(connection) == (8, 7, 1, 0, 0, 0)
    assert braze.taken() == [event.event_id for event in events[1:]]
    assert outcomes(program)[events[0].event_id] == ("dead", "400: Something in it is bad")


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "key_refused"), (403, "permission_missing"), (404, "wrong_address")]
)
def test_refusal_stops_the_connection_after_one_request(program, connection, braze, status, reason):
    braze.fault(status=status)
    send(program, balance_event("a-1"), balance_event("b-2"), balance_event("c-3"))
    turn(program)

    deliver(program)

    connection.refresh_from_db()
    assert (connection.status, connection.stop_reason) == ("stopped", reason)
    assert len(braze.journal()) == 1
    assert tally(connection) == (3, 0, 0, 0, 3, 0)


def test_redirect_stops_the_connection_and_kills_nothing(program, connection, braze):
    braze.fault(status=302, headers={"Location": "https://example.org/"})
    send(program, balance_event())

    turn(program)

    connection.refresh_from_db()
    assert connection.status == "stopped"
    assert tally(connection) == (1, 0, 0, 0, 1, 0)


def test_new_key_resumes_in_order(program, connection, braze):
    events = [balance_event("a-1") for _ in range(3)]
    braze.control(revoke=braze.key)
    send(program, *events[:2])
    deliver(program)
    send(program, events[2])
    braze.key = "the-mended-key-mend"

    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)
    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def test_stop_of_an_older_configuration_leaves_the_newer_alone(program, connection, braze):
    changed = connect_braze(program, apiKey="another-key-1234", apiEndpoint=braze.url)

    stop(connection=connection, reason="key_refused")

    changed.refresh_from_db()
    assert changed.status == "active"


def test_paused_connection_keeps_its_units(program, connection, braze):
    Connection.objects.update(paused_at=timezone.now())
    send(program, balance_event())

    deliver(program)

    assert tally(connection) == (1, 0, 0, 0, 1, 0)
    assert braze.journal() == []


def test_small_contract_limit_is_kept_by_halving(program, connection, braze):
    """Where Braze takes five objects only, too large a request is refused, and nothing dies of it."""
    braze.control(plan="tight")
    events = [balance_event("a-1") for _ in range(6)]
    send(program, *events)

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (6, 6, 0, 0, 0, 0)


def test_two_programs_do_not_hinder_each_other(program, connection, braze):
    braze.fault(status=429, headers={"X-Ratelimit-Retry-After": "60"})
    neighbour = ProgramFactory()
    other = connect_braze(neighbour, apiKey="neighbours-key-5555", apiEndpoint=braze.url)
    send(program, balance_event())
    turn(program)
    send(neighbour, balance_event())

    deliver(neighbour)

    assert tally(other) == (1, 1, 0, 0, 0, 0)
    assert tally(connection) == (1, 0, 0, 0, 1, 0)
