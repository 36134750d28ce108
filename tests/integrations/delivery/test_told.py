"""Only what changed is sent, in one object per profile, and only what Braze is known to have been told counts."""

import pytest

from integrations.delivery.models import DeliveryOutcome, LastSent
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event, canonical_event
from tests.integrations.delivery.sending import deliver, outcomes, send, tally, turn

pytestmark = pytest.mark.django_db(transaction=True)


def balance(points, account_id="a-1", **changes):
    return balance_event(account_id, data={"points": points, "lockedPoints": 0, "statusPoints": 0}, **changes)


def level(name, account_id="a-1", **changes):
    return balance_event(
        account_id, type="STATUS_LEVEL_CHANGED", data={"oldLevel": "Basic", "newLevel": name}, **changes
    )


def objects(braze, array="attributes"):
    """The number of objects of each request."""
    return [sum(item["array"] == array for item in entry["objects"]) for entry in braze.journal()]


def test_equal_attributes_are_told_once(program, connection, braze):
    send(program, balance(5))
    deliver(program)
    send(program, balance(5), balance(5))
    deliver(program)

    assert objects(braze) == [1, 0]
    assert objects(braze, "events") == [1, 2]
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def test_what_waits_for_one_member_becomes_one_object(program, connection, braze):
    send(program, balance(5), level("Gold"), balance(7), balance(1, "a-2"))

    deliver(program)

    assert sum(objects(braze)) == 2
    attributes = braze.profile("a-1")["attributes"]
    assert attributes["convercus_balance"]["points"] == 7
    assert attributes["convercus_status_level"] == "Gold"
    assert LastSent.objects.get(profile="a-1").attributes["convercus_status_level"][1] == "Gold"


def test_refused_object_of_several_events_is_taken_apart(program, connection, braze):
    events = [balance(5), level("Gold"), balance(7)]
    send(program, *events)
    braze.fault(item_errors={"input_array": "attributes", "index": 0, "type": "bad together"})
    braze.fault(delay=0.01)
    braze.fault(item_errors={"input_array": "attributes", "index": 0, "type": "bad level"})

    deliver(program)

    assert objects(braze) == [1, 1, 1, 1]
    assert braze.taken() == [event.event_id for event in events]
    found = outcomes(program)
    assert [found[event.event_id] for event in events] == [("delivered", ""), ("dead", "bad level"), ("delivered", "")]
    assert DeliveryOutcome.objects.get(state="dead").refused == ["attributes"]
    assert tally(connection) == (3, 2, 1, 0, 0, 0)
    assert braze.profile("a-1")["attributes"]["convercus_balance"]["points"] == 7
    assert "convercus_status_level" not in LastSent.objects.get().attributes


def test_refused_object_of_one_event_is_dead_at_once(program, connection, braze):
    send(program, balance(5))
    braze.fault(item_errors={"input_array": "attributes", "index": 0, "type": "bad"})

    deliver(program)

    assert len(braze.journal()) == 1
    assert tally(connection) == (1, 0, 1, 0, 0, 0)
    assert not LastSent.objects.exists()


def test_unknown_fate_makes_unknown_what_was_told(program, connection, braze):
    send(program, balance(5))
    deliver(program)
    send(program, balance(7))
    braze.fault(reset="before")
    turn(program)
    send(program, balance(5))

    deliver(program)

    assert braze.profile("a-1")["attributes"]["convercus_balance"]["points"] == 5
    assert LastSent.objects.get().is_known


def test_other_place_gets_everything(program, connection, braze):
    send(program, balance(5))
    deliver(program)
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, identifierType="user_alias")
    send(program, balance(5))

    deliver(program)

    assert objects(braze) == [1, 1]


def test_optin_that_braze_was_told_is_not_echoed(program, connection, braze):
    declined = {"allowedOptins": [], "declinedOptIns": ["newsletter"]}
    send(program, canonical_event("MEMBERSHIP_OPTINS_CHANGED", event_id="o-1", data=declined))
    deliver(program)

    send(program, canonical_event("MEMBERSHIP_OPTINS_CHANGED", event_id="o-2", data=declined))
    deliver(program)

    assert objects(braze) == [1, 0]
    assert braze.profile("a-1")["attributes"]["email_subscribe"] == "unsubscribed"
