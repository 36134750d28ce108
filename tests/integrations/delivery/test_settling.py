"""How a request ended, stored by the statement that begins the next one."""

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import lanes
from integrations.delivery.claiming import claim_due
from integrations.delivery.intake import accept
from integrations.delivery.lanes import LeaseLost, NextRequest
from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import Attempt, DeliveryOutcome, Lane, State
from integrations.delivery.outcomes import Learned
from integrations.delivery.reading import read_next
from integrations.delivery.settling import Settlement
from integrations.delivery.verdicts import Ending, Verdicts
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event

NEXT = [3, 4]


@pytest.fixture
def settled(db):
    """Two of four units have been delivered by a request whose attempt stands."""
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1") for _ in range(4)], source="http")
    (lane,) = claim_due(limit=1).lanes
    lanes.begin_attempt(lane, NextRequest(connection.generation, [1, 2], ["a-1"]))
    units = read_next(lane, limit=2)
    return Settlement(lane, connection, Verdicts([Ending(u, State.DELIVERED) for u in units]), Learned("t"), None)


def following(settled):
    return NextRequest(settled.connection.generation, NEXT, ["a-1"])


def counted(settled):
    found = connection_tally(connection=settled.connection)
    return found.delivered, found.waiting, DeliveryOutcome.objects.count()


def test_next_attempt_takes_the_place_of_the_last(settled):
    assert settled.store(following(settled)) is True

    assert Attempt.objects.get().sequences == NEXT
    assert counted(settled) == (2, 2, 2)


@pytest.mark.parametrize("change", ["paused_at", "stopped_at"])
def test_outcome_is_stored_where_the_next_request_may_not_start(settled, change):
    Connection.objects.update(**{change: timezone.now()})

    assert settled.store(following(settled)) is False

    assert not Attempt.objects.exists()
    assert counted(settled) == (2, 2, 2)


def test_second_try_after_a_lost_acknowledgement_begins_once(settled):
    settled.store(following(settled))

    assert settled.store(following(settled)) is True

    assert Attempt.objects.get().sequences == NEXT
    assert counted(settled) == (2, 2, 2)


def test_second_try_begins_nothing_where_the_connection_has_changed_meanwhile(settled):
    settled.store(following(settled))
    Connection.objects.update(paused_at=timezone.now())

    assert settled.store(following(settled)) is False
    assert not Attempt.objects.exists()


def test_who_has_lost_the_lane_stores_and_begins_nothing(settled):
    Lane.objects.filter(pk=settled.lane.id).update(fence=settled.lane.fence + 1)

    with pytest.raises(LeaseLost):
        settled.store(following(settled))

    assert Attempt.objects.get().sequences == [1, 2]
    assert counted(settled) == (0, 4, 0)
