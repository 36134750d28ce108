"""What a lane's front reads at once: in order, over several days, and no more than memory should hold."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.db.models import F

from integrations.delivery import reading
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import Delivery, StoredEvent
from integrations.delivery.reading import read_next
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane(program):
    connect_braze(program)
    send(program, *[balance_event("a-1") for _ in range(6)])
    (claimed,) = claim_due(limit=1).lanes
    return claimed


def move_to_tomorrow(*sequences):
    units = Delivery.objects.filter(sequence__in=sequences)
    StoredEvent.objects.filter(pk__in=list(units.values_list("event_id", flat=True))).update(
        day=F("day") + timedelta(days=1)
    )
    units.update(day=F("day") + timedelta(days=1))


def sequences(units):
    return [unit.sequence for unit in units]


def test_events_of_several_days_come_in_the_order_of_the_lane(lane):
    move_to_tomorrow(2, 3, 5)

    units = read_next(lane, limit=10)

    assert sequences(units) == [1, 2, 3, 4, 5, 6]
    stored = dict(StoredEvent.objects.values_list("pk", "event_id"))
    assert [unit.event.event_id for unit in units] == [stored[unit.stored_event_id] for unit in units]


@pytest.mark.parametrize(("room", "read"), [(1, [1]), (300, [1, 2, 3]), (600, [1, 2, 3, 4, 5, 6])])
def test_reading_ends_where_there_is_no_more_room(lane, monkeypatch, room, read):
    move_to_tomorrow(2, 5, 6)
    with database.cursor() as cursor:
        cursor.execute("UPDATE loyalty_event SET data = %s", [f'{{"x": "{"x" * 100}"}}'])
    monkeypatch.setattr(reading, "READ_BYTES", room)

    assert sequences(read_next(lane, limit=10)) == read


def test_markers_stand_among_events_and_events_that_are_gone_are_left_out(lane):
    Delivery.objects.filter(sequence=3).update(account_id="a-1")
    gone = Delivery.objects.get(sequence=5)
    StoredEvent.objects.filter(pk=gone.event_id).delete()

    units = read_next(lane, limit=10)

    assert [(unit.sequence, unit.is_marker) for unit in units] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
        (6, False),
    ]
    assert units[2].event.account_id == "a-1"


def test_what_is_behind_a_sequence_is_read_on_request(lane):
    assert sequences(read_next(lane, limit=2, after=3)) == [4, 5]
