"""Who may send a lane's units, and what a worker leaves behind that dies with a request under way."""

import time
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery import last_sent
from integrations.delivery.claiming import claim_due
from integrations.delivery.deltas import UNKNOWN
from integrations.delivery.fates import mark_interrupted
from integrations.delivery.lanes import (
    ClaimedLane,
    ConnectionChanged,
    LeaseLost,
    NextRequest,
    begin_attempt,
    give_back,
    has_waiting,
)
from integrations.delivery.models import Attempt, Delivery, DeliveryOutcome, Lane
from integrations.delivery.reading import read_next
from integrations.delivery.sending import drain_lane
from selfservice.watch.heartbeats import WORKER
from selfservice.watch.models import Heartbeat
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, in_thread, in_threads, send, tally

several_connections = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(program):
    return connect_braze(program)


def end_leases():
    Lane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def begin(lane, sequences, profiles=()):
    generation = Connection.objects.get(pk=lane.connection_id).generation
    begin_attempt(lane, NextRequest(generation, sequences, profiles))


def claim_one(program):
    (lane,) = claim_due(limit=10, program_id=program.pk).lanes
    return lane


def test_claim_is_exclusive_until_the_lease_ends(program, connected):
    send(program, balance_event())

    first = claim_one(program)
    meanwhile = claim_due(limit=10).lanes
    end_leases()
    second = claim_one(program)

    assert meanwhile == []
    assert (second.id, second.fence) == (first.id, first.fence + 1)


def test_claim_takes_the_longest_waiting_first(program, connected):
    send(program, *[balance_event(account) for account in ("a-1", "b-2", "c-3")])
    numbers = list(Lane.objects.values_list("id", flat=True))
    for place, pk in enumerate(numbers):
        Lane.objects.filter(pk=pk).update(due_at=timezone.now() - timedelta(minutes=place + 1))

    claimed = [claim_due(limit=1).lanes[0].id for _ in numbers]

    assert claimed == numbers[::-1]


def lanes_due(program, *, count, seconds_ago=0.0):
    """So many lanes with something to send, due for so long."""
    send(program, *[balance_event(f"m-{number}") for number in range(200)])
    kept = list(Lane.objects.order_by("id").values_list("id", flat=True)[:count])
    Lane.objects.exclude(id__in=kept).update(due_at=None)
    Lane.objects.filter(id__in=kept).update(due_at=F("due_at") - timedelta(seconds=seconds_ago))


@pytest.mark.parametrize(("workers", "busy", "expected"), [(1, 0, 12), (2, 0, 6), (2, 4, 2), (2, 6, 0), (6, 0, 4)])
def test_claim_leaves_others_their_share(program, connected, workers, busy, expected):
    for pid in range(workers):
        Heartbeat.objects.create(kind=WORKER, host="here", pid=pid, started_at=timezone.now(), seen_at=timezone.now())
    lanes_due(program, count=12)

    claimed = claim_due(limit=32, busy=busy)

    assert len(claimed.lanes) == expected
    assert claimed.left == (None if expected == 12 else connected.pk)


def test_claim_takes_what_others_do_not_want(program, connected):
    for pid, seconds in enumerate((0, 0, 3600)):
        seen_at = timezone.now() - timedelta(seconds=seconds)
        Heartbeat.objects.create(kind=WORKER, host="here", pid=pid, started_at=seen_at, seen_at=seen_at)
    lanes_due(program, count=12, seconds_ago=1)

    assert len(claim_due(limit=32, busy=20).lanes) == 12


@pytest.mark.parametrize("field", ["paused_at", "stopped_at"])
def test_claim_leaves_a_resting_connection_alone(program, connected, field):
    send(program, balance_event())
    Connection.objects.update(**{field: timezone.now()})

    assert claim_due(limit=10).lanes == []
    assert not has_waiting()


def test_claim_waits_for_a_parked_connection(program, connected):
    send(program, balance_event())
    Connection.objects.update(parked_until=timezone.now() + timedelta(hours=1))
    parked = claim_due(limit=10).lanes
    Connection.objects.update(parked_until=timezone.now() - timedelta(seconds=1))

    assert parked == []
    assert len(claim_due(limit=10).lanes) == 1


def test_claim_of_one_program_leaves_others(program, connected):
    send(program, balance_event())

    assert claim_due(limit=10, program_id=program.pk + 1).lanes == []


def test_give_back_of_an_emptied_lane_makes_it_due_for_nobody(program, connected):
    send(program, balance_event())
    lane = claim_one(program)
    Delivery.objects.all().delete()
    Lane.objects.update(low_water=2, delivered=1)

    give_back(lane)

    row = Lane.objects.get()
    assert (row.due_at, row.lease_until) == (None, None)


def test_give_back_keeps_the_failures_and_the_wait(program, connected):
    send(program, balance_event())

    give_back(claim_one(program), failures=3, wait_seconds=60)

    row = Lane.objects.get()
    assert row.failures == 3
    assert timedelta(seconds=55) < row.due_at - timezone.now() <= timedelta(seconds=60)


def test_give_back_after_a_take_over_changes_nothing(program, connected):
    send(program, balance_event())
    lane = claim_one(program)
    end_leases()
    claim_one(program)
    before = Lane.objects.values().get()

    give_back(lane, wait_seconds=60)

    assert Lane.objects.values().get() == before


def test_units_come_in_order_from_the_front(program, connected):
    events = [balance_event("a-1") for _ in range(5)]
    send(program, *events)
    lane = claim_one(program)
    Delivery.objects.filter(sequence=1).delete()
    Lane.objects.update(low_water=2)

    units = read_next(lane, limit=3)

    assert [unit.event for unit in units] == events[1:4]
    assert [unit.sequence for unit in units] == [2, 3, 4]


def test_attempt_without_lease_is_refused(program, connected):
    send(program, balance_event())
    lane = claim_one(program)

    with pytest.raises(LeaseLost):
        begin(ClaimedLane(lane.id, lane.connection_id, lane.fence - 1, 0), [1])

    assert not Attempt.objects.exists()


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


@pytest.mark.parametrize(
    "change", [{"paused_at": "now"}, {"stopped_at": "now"}, {"generation": 9}, {"is_complete": False}]
)
def test_attempt_for_a_changed_connection_is_refused(program, connected, change):
    send(program, balance_event())
    lane = claim_one(program)
    Connection.objects.update(**{name: timezone.now() if value == "now" else value for name, value in change.items()})

    with pytest.raises(ConnectionChanged):
        begin_attempt(lane, NextRequest(connected.generation, [1], []))

    assert not Attempt.objects.exists()


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
