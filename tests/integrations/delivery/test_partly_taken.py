"""What is known of a unit that was taken in part, or maybe, outlives an ending without a request."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from integrations.braze.mapping.mapper import BrazeMapper
from integrations.connections.models import Connection
from integrations.delivery import replay, replay_steps
from integrations.delivery.models import Delivery, DeliveryOutcome, Lane
from integrations.delivery.purge import purge
from integrations.delivery.replay import Selection
from selfservice.audit.services import Actor
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send, tally, turn

pytestmark = pytest.mark.django_db(transaction=True)
BAD_ATTRIBUTES = {"input_array": "attributes", "index": 0, "type": "bad attributes"}


@pytest.fixture
def event(program, connection, braze):
    """Its custom event was taken, its attributes wait again."""
    event = balance_event("a-1")
    braze.fault(item_errors=BAD_ATTRIBUTES)
    send(program, event)
    deliver(program)
    again(program)
    return event


def again(program):
    replay_steps.run(job=replay.begin(program=program, selection=Selection(), actor=Actor(name="someone")))


def turn_now(program):
    Connection.objects.update(parked_until=None)
    Lane.objects.exclude(due_at=None).update(due_at=Now())
    turn(program)


def newest():
    return DeliveryOutcome.objects.order_by("id").last()


def test_expired_rest_is_replayed_as_the_rest(program, braze, event):
    Delivery.objects.update(since=timezone.now() - timedelta(hours=73))
    braze.fault(status=503)
    turn_now(program)
    ended = newest()
    again(program)

    turn_now(program)

    assert (ended.state, ended.refused) == ("dead", ["attributes"])
    assert braze.taken() == [event.event_id]
    assert newest().state == "delivered"


def test_rest_that_cannot_be_mapped_is_replayed_as_the_rest(program, braze, event, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(BrazeMapper, "map_event", lambda *_arguments: 1 / 0)
        turn_now(program)
    ended = newest()
    again(program)

    turn_now(program)

    assert (ended.reason, ended.refused) == ("mapping_failed", ["attributes"])
    assert braze.taken() == [event.event_id]


def test_rest_that_is_past_retention_ends_as_the_rest(program, connection, event):
    long_ago = timezone.now().date() - timedelta(days=91)
    Delivery.objects.update(parts=["attributes"], refused={"0": "bad event"}, day=long_ago)

    purge()

    assert (newest().state, newest().reason, newest().refused) == ("dead", "expired", ["0", "attributes"])
    assert tally(connection) == (1, 0, 1, 0, 0, 0)


def test_mark_outlives_a_mapping_that_fails(program, connection, braze, monkeypatch):
    send(program, balance_event("a-1"))
    braze.fault(reset="after")
    turn(program)
    monkeypatch.setattr(BrazeMapper, "map_event", lambda *_arguments: 1 / 0)

    turn_now(program)

    assert (newest().reason, newest().is_maybe_twice) == ("mapping_failed", True)
    assert tally(connection) == (1, 0, 1, 0, 0, 1)


def test_mark_outlives_a_filter(program, connection, braze):
    send(program, balance_event("a-1", type="WEATHER_CHANGED"))
    Delivery.objects.update(is_maybe_twice=True)

    turn_now(program)

    assert (newest().state, newest().is_maybe_twice) == ("filtered", True)
    assert tally(connection) == (1, 0, 0, 1, 0, 1)
