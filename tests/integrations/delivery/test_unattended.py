"""Events that wait while no worker runs."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery.models import Lane
from integrations.delivery.unattended import unattended_since
from selfservice.watch.heartbeats import WORKER, beat
from tests.factories.events import balance_event
from tests.factories.people import person, sign_in
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(program, connection):
    """One event waits for a minute, and no worker has been seen."""
    send(program, balance_event("a-1"))
    with database.cursor() as cursor:
        cursor.execute("UPDATE delivery SET since = now() - interval '1 minute'")
    Connection.objects.update(proven_generation=F("generation"))
    return connection


def found(program):
    return unattended_since(program_ids=[program.pk])


def test_what_waits_without_a_worker_is_told_since_when(program, waiting):
    assert timezone.now() - found(program)[waiting.pk] >= timedelta(minutes=1)


def test_nothing_is_amiss_while_a_worker_is_seen(program, waiting):
    beat(WORKER)

    assert found(program) == {}


def test_nothing_is_amiss_while_somebody_has_the_lane_in_hand(program, waiting):
    Lane.objects.update(lease_until=timezone.now() + timedelta(minutes=1))

    assert found(program) == {}


def test_nothing_is_amiss_where_nothing_waits_or_only_just(program, connection):
    assert found(program) == {}
    send(program, balance_event("a-1"))

    assert found(program) == {}


def test_pages_say_that_no_worker_is_running(client, program, waiting):
    admin = sign_in(client, person(program=program, email="ada@example.org"))
    address = f"/programs/{program.code}/integrations/braze"

    card = admin.get(address).text
    story = admin.get(f"{address}/members/a-1").text
    queue = admin.get(f"{address}/dead-letters?state=waiting").text
    programs = admin.get("/programs").text

    assert "no worker is running. Tell whoever runs this installation" in card
    assert "BALANCE_CHANGED waits: no worker is running" in story
    assert "waits for a worker" in queue
    assert "Standing still" in programs
