"""A connection that fails again and again rests; one that refuses everything alike is held; old events die."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.connections.services import park, pause, resume
from integrations.delivery import breaker
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import Delivery, Lane
from selfservice.audit.services import Actor
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, outcomes, send, tally, turn

pytestmark = pytest.mark.django_db(transaction=True)
SOMEBODY = Actor(name="someone")


def due_now():
    Connection.objects.update(parked_until=None)
    Lane.objects.exclude(due_at=None).update(due_at=timezone.now() - timedelta(seconds=1))


def fail(program, braze, times):
    for _ in range(times):
        braze.fault(status=503)
        due_now()
        turn(program)


def test_broken_connection_rests_and_is_probed_with_one_lane(program, connection, braze, settings):
    settings.DELIVERY_BREAKER_FAILURES = 3
    send(program, *[balance_event(f"m-{number}") for number in range(40)])

    fail(program, braze, 3)
    resting = claim_due(limit=32).lanes
    Connection.objects.update(parked_until=timezone.now() - timedelta(seconds=1))
    probes = claim_due(limit=32).lanes + claim_due(limit=32).lanes

    assert resting == []
    assert len(probes) == 1


def test_success_ends_the_rest_at_once(program, connection, braze, settings):
    settings.DELIVERY_BREAKER_FAILURES = 3
    send(program, *[balance_event(f"m-{number}") for number in range(40)])
    fail(program, braze, 3)

    due_now()
    deliver(program)

    assert tally(connection)[:2] == (40, 40)
    assert Connection.objects.get().failures == 0


def test_three_refusals_alike_hold_the_connection(program, connection, braze):
    events = [balance_event("a-1") for _ in range(5)]
    send(program, *events)
    braze.fault(status=400, body={"message": "No purchases here"}, seconds=60)

    deliver(program)

    row = Connection.objects.get()
    assert (row.status, row.stop_reason) == ("stopped", "misconfigured: 400: No purchases here")
    assert tally(connection) == (5, 0, 2, 0, 3, 0)


def test_refusals_of_different_kinds_hold_nothing(program, connection, braze):
    for number in range(4):
        send(program, balance_event("a-1"))
        braze.fault(status=400, body={"message": f"Bad in its own way: {number}"})
        deliver(program)

    assert tally(connection) == (4, 0, 4, 0, 0, 0)
    assert Connection.objects.get().status == "active"


def test_unit_that_fails_after_its_time_is_dead(program, connection, braze):
    events = [balance_event("a-1"), balance_event("a-1")]
    send(program, *events)
    Delivery.objects.filter(sequence=1).update(since=timezone.now() - timedelta(hours=73))

    fail(program, braze, 1)

    assert outcomes(program) == {events[0].event_id: ("dead", "expired: status_503")}
    assert tally(connection) == (2, 0, 1, 0, 1, 0)


def test_time_before_a_resume_does_not_count(program, connection, braze):
    send(program, balance_event("a-1"))
    Delivery.objects.update(since=timezone.now() - timedelta(hours=73))
    pause(connection=connection, actor=SOMEBODY)
    held = claim_due(limit=1).lanes
    resume(connection=connection, actor=SOMEBODY)

    fail(program, braze, 1)

    assert held == []
    assert tally(connection) == (1, 0, 0, 0, 1, 0)


def test_slots_are_shared_among_connections(program, connection, braze, settings):
    settings.DELIVERY_SLOTS = 6
    send(program, *[balance_event(f"m-{number}") for number in range(100)])

    alone = claim_due(limit=100).lanes

    assert len(alone) == 6


def test_refusals_alike_after_a_success_hold_nothing(program, connection, braze):
    send(program, balance_event("a-1"))
    deliver(program)
    send(program, *[balance_event("a-1") for _ in range(5)])
    braze.fault(status=400, body={"message": "No purchases here"}, seconds=60)

    deliver(program)

    assert Connection.objects.get().status == "active"
    assert tally(connection) == (6, 1, 5, 0, 0, 0)


def test_answer_that_refuses_each_item_alike_holds_the_connection_before_any_is_dead(program, connection, braze):
    send(program, *[refused_event("a-1") for _ in range(200)])
    braze.fault(**REFUSAL)

    deliver(program)

    assert tally(connection) == (200, 0, 0, 0, 200, 0)
    assert Connection.objects.get().stop_reason == "misconfigured: not this one"
    assert len(braze.journal()) == 1


def test_stated_wait_is_neither_shortened_nor_ended(connection):
    park(connection=connection, wait=timedelta(hours=1))
    park(connection=connection, wait=timedelta(seconds=1))
    Connection.objects.update(failures=7)
    breaker.note_failure(connection, reason="no_answer")
    breaker.note_success(connection)

    row = Connection.objects.get()

    assert row.parked_until - timezone.now() > timedelta(minutes=59)
    assert row.failures == 0


def test_reason_of_the_last_failure_is_kept_until_a_success(program, connection, braze):
    braze.fault(status=503, next=1)
    send(program, balance_event("a-1"))
    turn(program)
    assert Connection.objects.get().failure_reason == "status_503"

    deliver(program)

    assert (Connection.objects.get().failures, Connection.objects.get().failure_reason) == (0, "")


def test_success_ends_a_rest_without_stated_wait(connection):
    Connection.objects.update(failures=7)
    breaker.note_failure(connection, reason="no_answer")

    breaker.note_success(connection)

    assert Connection.objects.get().parked_until is None


def test_wait_stated_by_a_failure_is_honoured(program, connection, braze):
    braze.fault(status=503, headers={"Retry-After": "600"})
    send(program, balance_event("a-1"))

    turn(program)

    row = Connection.objects.get()
    assert timedelta(seconds=590) < row.parked_until - timezone.now() < timedelta(seconds=601)
    assert (row.failures, tally(connection)[5]) == (1, 0)


def test_two_busy_connections_leave_slots_for_a_third(program, connection, settings):
    settings.DELIVERY_SLOTS = 32
    found = []
    for _ in range(3):
        other = ProgramFactory()
        connect_braze(other)
        send(other, *[balance_event(f"m-{number}") for number in range(100)])
        found.append(len(claim_due(limit=32 - sum(found)).lanes))

    assert found == [16, 10, 6]
