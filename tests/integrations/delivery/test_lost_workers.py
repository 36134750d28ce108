"""What a worker leaves behind that dies, or loses its lease, with a request under way."""

import time

import pytest
from django.db import connection as database

from integrations.calls.models import ApiCall
from integrations.delivery import last_sent
from integrations.delivery.deltas import UNKNOWN
from integrations.delivery.fates import mark_interrupted
from integrations.delivery.lanes import LeaseLost
from integrations.delivery.models import Attempt, Delivery, DeliveryOutcome
from integrations.delivery.sending import drain_lane
from tests.factories.events import balance_event
from tests.integrations.delivery.leases import begin, claim_one, end_leases
from tests.integrations.delivery.sending import deliver, in_thread, in_threads, send, tally

several_connections = pytest.mark.django_db(transaction=True)


def test_take_over_marks_exactly_what_was_under_way(program, connected):
    send(program, *[balance_event("a-1") for _ in range(4)])
    begin(claim_one(program), [1, 2])
    end_leases()

    marked = mark_interrupted(claim_one(program))

    assert marked == 2
    assert list(Delivery.objects.filter(is_maybe_twice=True).values_list("sequence", flat=True)) == [1, 2]
    assert not Attempt.objects.exists()


def test_take_over_of_a_worker_that_had_sent_nothing_marks_nothing(program, connected):
    send(program, balance_event())
    claim_one(program)
    end_leases()

    assert mark_interrupted(claim_one(program)) == 0
    assert not Delivery.objects.filter(is_maybe_twice=True).exists()


def test_take_over_makes_unknown_what_was_being_told(program, connected):
    send(program, balance_event())
    last_sent.store(connection_id=connected.pk, target="t", known={"a-1": {"x": (1, "y")}, "a-2": {"x": (1, "y")}})
    begin(claim_one(program), [1], profiles=["a-1"])
    end_leases()

    mark_interrupted(claim_one(program))

    known = last_sent.load(connection_id=connected.pk, target="t", profiles=["a-1", "a-2"])
    assert known == {"a-1": {"x": (1, UNKNOWN)}, "a-2": {"x": (1, "y")}}


@several_connections
def test_worker_killed_in_a_request_costs_one_marked_copy(program, connection, braze):
    events = [balance_event("a-1") for _ in range(3)]
    send(program, *events)
    begin(claim_one(program), [1, 2, 3])
    end_leases()

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (3, 3, 0, 0, 0, 3)


@several_connections
def test_worker_whose_lease_is_over_sends_and_stores_nothing(program, connection, braze):
    send(program, balance_event())
    lane = claim_one(program)
    end_leases()
    claim_one(program)

    with pytest.raises(LeaseLost):
        in_thread(drain_lane, lane)

    assert braze.journal() == []
    assert tally(connection) == (1, 0, 0, 0, 1, 0)


@several_connections
def test_worker_that_loses_its_lease_in_a_request_stores_nothing(program, connection, braze):
    braze.fault(delay=0.6)
    event = balance_event("a-1")
    send(program, event)
    slow = claim_one(program)
    lost = []

    def drain_slowly():
        try:
            drain_lane(slow)
        except LeaseLost:
            lost.append(slow)

    def take_over():
        while not braze.journal():
            time.sleep(0.02)
        end_leases()
        drain_lane(claim_one(program))

    in_threads([drain_slowly, take_over])

    assert lost == [slow]
    assert braze.taken() == [event.event_id] * 2
    assert tally(connection) == (1, 1, 0, 0, 0, 1)
    assert DeliveryOutcome.objects.count() == ApiCall.objects.count() == 1


@several_connections
def test_intake_goes_on_while_a_request_is_under_way(program, connection, braze):
    braze.fault(delay=2.5)
    send(program, balance_event("a-1"))
    seconds = []

    def accept_meanwhile():
        while not braze.journal():
            time.sleep(0.01)
        started = time.monotonic()
        send(program, balance_event("a-1"))
        seconds.append(time.monotonic() - started)

    in_threads([lambda: deliver(program), accept_meanwhile])

    assert seconds[0] < 2
    assert tally(connection) == (2, 2, 0, 0, 0, 0)


@pytest.mark.slow
@several_connections
def test_database_that_drops_every_connection_in_a_request_costs_nothing(program, connection, braze):
    braze.fault(delay=0.4)
    events = [balance_event("a-1") for _ in range(3)]
    send(program, *events)

    def drop_connections():
        while not braze.journal():
            time.sleep(0.02)
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
            )

    database.close()
    in_threads([drop_connections, lambda: drain_lane(claim_one(program))])

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (3, 3, 0, 0, 0, 0)
