"""A commit that took place, but whose acknowledgement was lost, is not stored a second time."""

import pytest

from integrations.connections.models import Connection
from integrations.delivery import lanes, outcomes
from integrations.delivery.intake import accept
from integrations.delivery.lanes import LeaseLost
from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import Delivery, DeliveryOutcome, State
from integrations.delivery.outcomes import Learned
from integrations.delivery.verdicts import Ending, Verdicts
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event

pytestmark = pytest.mark.django_db


def test_endings_stored_twice_count_once():
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1"), balance_event("a-1")], source="http")
    (lane,) = lanes.claim_due(limit=1)
    verdicts = Verdicts([Ending(unit, State.DELIVERED) for unit in lanes.read_next(lane, limit=10)])

    outcomes.store_verdicts(lane, connection, verdicts, Learned("t"), None)
    outcomes.store_verdicts(lane, connection, verdicts, Learned("t"), None)

    tally = connection_tally(connection=connection)
    assert (tally.accepted, tally.delivered, tally.waiting) == (2, 2, 0)
    assert DeliveryOutcome.objects.count() == 2


def test_units_of_which_some_were_taken_away_are_not_ended():
    program = ProgramFactory()
    connection: Connection = connect_braze(program)
    accept(program=program, events=[balance_event("a-1") for _ in range(4)], source="http")
    (lane,) = lanes.claim_due(limit=1)
    verdicts = Verdicts([Ending(unit, State.DELIVERED) for unit in lanes.read_next(lane, limit=10)])
    Delivery.objects.filter(sequence__lte=2).delete()

    with pytest.raises(LeaseLost):
        outcomes.store_verdicts(lane, connection, verdicts, Learned("t"), None)

    assert Delivery.objects.count() == 2
    assert not DeliveryOutcome.objects.exists()
    assert connection_tally(connection=connection).delivered == 0
