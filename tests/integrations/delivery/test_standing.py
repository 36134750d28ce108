"""How a connection stands: the ledger, the oldest that waits, and whether rows and counters agree."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.pace import Heard
from integrations.delivery.standing import LOOKED_AT, standing_of, time_to_clear
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send

pytestmark = pytest.mark.django_db


def waiting(program, count):
    connection = connect_braze(program)
    send(program, *(balance_event() for _ in range(count)))
    return connection


def test_standing_of_an_empty_connection(program):
    found = standing_of(connection=connect_braze(program))

    assert (found.tally.accepted, found.waiting_since, found.is_sound) == (0, None, True)


def test_standing_tells_the_oldest(program):
    connection = waiting(program, 3)
    long_ago = timezone.now() - timedelta(hours=3)
    first = Delivery.objects.order_by("sequence").first()
    Delivery.objects.filter(pk=first.pk).update(since=long_ago)

    found = standing_of(connection=connection)

    assert (found.tally.waiting, found.waiting_since, found.is_sound) == (3, long_ago, True)
    assert found.tally == connection_tally(connection=connection)


@pytest.mark.parametrize("wrong", [{"accepted": F("accepted") + 1}, {"delivered": F("delivered") + 1}])
def test_standing_notices_counters_that_are_wrong(program, wrong):
    connection = waiting(program, 3)
    Lane.objects.filter(accepted__gt=0).update(**wrong)

    assert not standing_of(connection=connection).is_sound


def test_standing_looks_at_the_first_rows_only(program):
    connection = waiting(program, LOOKED_AT + 5)
    assert standing_of(connection=connection).is_sound

    Delivery.objects.filter(sequence__gt=LOOKED_AT - 1).delete()

    assert not standing_of(connection=connection).is_sound


@pytest.mark.django_db(transaction=True)
def test_standing_is_sound_after_delivery(program, connection):
    send(program, *(balance_event() for _ in range(5)))
    deliver(program)

    found = standing_of(connection=connection)

    assert (found.tally.delivered, found.tally.waiting, found.is_sound) == (5, 0, True)


@pytest.mark.parametrize(
    ("count", "heard", "seconds"),
    [
        (0, None, 0),
        (1, None, 1),
        (60_000, None, 60),
        (60_000, Heard(limit=100, remaining=0, resets_at=60.0, heard_at=0.0), 540),
        (60_000, Heard(limit=3_000, remaining=3_000, resets_at=3.0, heard_at=0.0), 60),
    ],
)
def test_time_to_clear(count, heard, seconds):
    found = time_to_clear(units=count, units_per_request=75, heard=heard, now=0.0)

    assert found == timedelta(seconds=seconds)
