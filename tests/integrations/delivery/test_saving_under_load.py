"""A connection is saved while a worker stores what it sent."""

import threading

import pytest
from django.db import connection as database
from django.db import transaction

from integrations.connections.services import pause, resume
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import Lane
from selfservice.audit.services import Actor
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import in_threads, send

pytestmark = pytest.mark.django_db(transaction=True)
TELL = "INSERT INTO last_sent (connection_id, profile, target, attributes, is_known) VALUES (%s, 'p', 't', '{}', true)"


def change_key(program, _connection, braze):
    connect_braze(program, apiKey="new-key-0123456789", apiEndpoint=braze.url)


def switch_on(_program, connection, _braze):
    resume(connection=connection, actor=Actor(name="someone"))


@pytest.mark.parametrize("change", [change_key, switch_on])
def test_change_and_a_worker_that_stores_do_not_wait_for_each_other(program, connection, braze, change):
    send(program, balance_event("a-1"))
    (lane,) = claim_due(limit=1).lanes
    pause(connection=connection, actor=Actor(name="someone"))
    lane_held, changing = threading.Event(), threading.Event()

    def store():
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute("UPDATE lane SET lease_until = now() WHERE id = %s", [lane.id])
            lane_held.set()
            changing.wait(10)
            cursor.execute("SELECT pg_sleep(0.3)")
            cursor.execute(TELL, [connection.pk])

    def save():
        lane_held.wait(10)
        changing.set()
        change(program, connection, braze)

    in_threads([store, save])

    assert Lane.objects.get(pk=lane.id).due_at is not None
