"""What the holder of a lane does with it: reads its units, begins an attempt, gives it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery.lanes import ClaimedLane, ConnectionChanged, LeaseLost, NextRequest, begin_attempt, give_back
from integrations.delivery.models import Attempt, Delivery, Lane
from integrations.delivery.reading import read_next
from tests.factories.events import balance_event
from tests.integrations.delivery.leases import begin, claim_one, end_leases
from tests.integrations.delivery.sending import send


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
