"""Which lanes a worker claims, and which it leaves to others."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery.claiming import claim_due
from integrations.delivery.lanes import has_waiting
from integrations.delivery.models import Lane
from selfservice.watch.heartbeats import WORKER
from selfservice.watch.models import Heartbeat
from tests.factories.events import balance_event
from tests.integrations.delivery.leases import claim_one, end_leases
from tests.integrations.delivery.sending import send


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
