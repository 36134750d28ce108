"""What a request changes is stored once and whole, or not at all."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from integrations.calls.models import ApiCall, Direction
from integrations.calls.recording import Call
from integrations.connections.models import Connection
from integrations.delivery import lanes, last_sent, outcomes
from integrations.delivery.claiming import claim_due
from integrations.delivery.intake import accept
from integrations.delivery.lanes import LeaseLost, NextRequest
from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import Attempt, Delivery, DeliveryOutcome, State
from integrations.delivery.outcomes import Learned
from integrations.delivery.reading import read_next
from integrations.delivery.verdicts import Ending, Unfinished, Verdicts
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event

pytestmark = pytest.mark.django_db


def test_endings_stored_twice_count_once():
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1"), balance_event("a-1")], source="http")
    (lane,) = claim_due(limit=1).lanes
    verdicts = Verdicts([Ending(unit, State.DELIVERED) for unit in read_next(lane, limit=10)])

    outcomes.store_verdicts(lane, connection, verdicts, Learned("t"), None)
    outcomes.store_verdicts(lane, connection, verdicts, Learned("t"), None)

    tally = connection_tally(connection=connection)
    assert (tally.accepted, tally.delivered, tally.waiting) == (2, 2, 0)
    assert DeliveryOutcome.objects.count() == 2


@pytest.mark.parametrize("ended", [0, 1, 2])
def test_nothing_is_stored_for_a_lane_that_another_holds(ended):
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1"), balance_event("a-1")], source="http")
    (lane,) = claim_due(limit=1).lanes
    units = read_next(lane, limit=10)
    lanes.begin_attempt(lane, NextRequest(connection.generation, [1], ["a-1"]))
    rest = [Unfinished(unit, frozenset({"attributes"}), {}) for unit in units[ended:]]
    verdicts = Verdicts([Ending(unit, State.DELIVERED) for unit in units[:ended]], rest)

    with pytest.raises(lanes.LeaseLost):
        outcomes.store_verdicts(
            replace(lane, fence=lane.fence - 1),
            connection,
            verdicts,
            Learned("t", {"a-1": {"x": (1, 2)}}),
            _call(connection),
        )

    assert (DeliveryOutcome.objects.count(), ApiCall.objects.count(), Attempt.objects.count()) == (0, 0, 1)
    assert last_sent.load(connection_id=connection.pk, target="t", profiles=["a-1"]) == {}
    assert [unit.parts for unit in Delivery.objects.all()] == [None, None]
    assert connection_tally(connection=connection).waiting == 2


def test_whole_request_is_stored_with_what_was_told_and_said():
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1") for _ in range(4)], source="http")
    (lane,) = claim_due(limit=1).lanes
    good, bad, odd, left = read_next(lane, limit=10)
    lanes.begin_attempt(lane, NextRequest(connection.generation, [1], ["a-1"]))
    endings = [
        Ending(good, State.DELIVERED, request_id="r-1"),
        Ending(bad, State.DEAD, "no good", ("n: 1",), True, "r-1", ("events",)),
        Ending(odd, State.FILTERED, "unchanged"),
    ]
    rest = Unfinished(left, frozenset({"attributes"}), {"events": "no good"})
    learned = Learned("t", {"a-1": {"x": (7, "y")}})

    outcomes.store_verdicts(lane, connection, Verdicts(endings, [rest]), learned, _call(connection))

    rows = DeliveryOutcome.objects.order_by("sequence").values_list(
        "state", "reason", "is_maybe_twice", "request_id", "notes", "refused"
    )
    assert list(rows) == [
        ("delivered", "", False, "r-1", [], None),
        ("dead", "no good", True, "r-1", ["n: 1"], ["events"]),
        ("filtered", "unchanged", False, "", [], None),
    ]
    assert last_sent.load(connection_id=connection.pk, target="t", profiles=["a-1"]) == learned.known
    assert (ApiCall.objects.get().units, Attempt.objects.count()) == (3, 0)
    assert [(unit.parts, unit.refused) for unit in Delivery.objects.all()] == [(["attributes"], {"events": "no good"})]
    tally = connection_tally(connection=connection)
    assert (tally.delivered, tally.dead, tally.filtered, tally.waiting, tally.maybe_twice) == (1, 1, 1, 1, 1)


def _call(connection):
    return Call(
        program_id=connection.program_id,
        kind="braze",
        direction=Direction.OUT,
        method="POST",
        path="/x",
        endpoint="x",
        status=201,
        started_at=timezone.now(),
        request_id="r-1",
        units=3,
    )


def test_units_of_which_some_were_taken_away_are_not_ended():
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1") for _ in range(4)], source="http")
    (lane,) = claim_due(limit=1).lanes
    verdicts = Verdicts([Ending(unit, State.DELIVERED) for unit in read_next(lane, limit=10)])
    Delivery.objects.filter(sequence__lte=2).delete()

    with pytest.raises(LeaseLost), transaction.atomic():
        outcomes.store_verdicts(lane, connection, verdicts, Learned("t"), None)

    assert Delivery.objects.count() == 2
    assert not DeliveryOutcome.objects.exists()
    assert connection_tally(connection=connection).delivered == 0
