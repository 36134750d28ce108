"""Bulk that is refused, throttled or of unknown fate: no more than this way is lost with it."""

import time

import pytest
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import bulk
from integrations.delivery.models import Delivery, LastSent
from tests.factories.connection import save_braze
from tests.integrations.delivery.bulk.marking import BULK, SETTINGS, USUAL, mark, profiles_told, requests
from tests.integrations.delivery.sending import deliver, turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_bulk_stops_only_itself(program, connection, braze, members, status):
    braze.fault(status=status, path=BULK, next=100)
    mark(connection, members)

    deliver(program)

    stored = Connection.objects.get()
    assert requests(braze)[0] == (BULK, status, 12)
    assert [path for path, _status, _objects in requests(braze)].count(BULK) == 1
    assert profiles_told(braze) == set(members)
    assert (stored.status, stored.parked_until, stored.failures) == ("active", None, 0)
    assert (bool(stored.bulk_refusal), stored.bulk_rests_until) == (True, None)
    assert bulk.way_of(stored, stored.load_config()) is None


def test_key_without_the_permission_goes_on_the_usual_way(program, connection, braze, members):
    braze.control(permit=braze.key, permissions=["users.track"])
    mark(connection, members)

    deliver(program)

    assert requests(braze)[0][:2] == (BULK, 403)
    assert profiles_told(braze) == set(members)
    assert Connection.objects.get().bulk_refusal == "permission_missing"


def test_saving_the_connection_tries_bulk_again(program, connection, braze, members):
    Connection.objects.update(bulk_refusal="permission_missing")

    save_braze(program, apiKey=braze.key, apiEndpoint=braze.url, **SETTINGS)
    mark(connection, members)
    deliver(program)

    assert requests(braze) == [(BULK, 201, 12)]


def test_throttled_bulk_rests_as_long_as_it_is_told(program, connection, braze, members):
    braze.fault(status=429, path=BULK, headers={"X-RateLimit-Reset": str(int(time.time()) + 900)})
    mark(connection, members)

    deliver(program)

    stored = Connection.objects.get()
    wait = (stored.bulk_rests_until - timezone.now()).total_seconds()
    assert [path for path, _status, _objects in requests(braze)] == [BULK, USUAL, USUAL, USUAL]
    assert 800 < wait < 1_000
    assert (stored.parked_until, stored.status) == (None, "active")
    assert profiles_told(braze) == set(members)


def test_bulk_whose_fate_is_unknown_is_told_again_and_opens_no_breaker(program, connection, braze, members):
    braze.fault(reset="after", path=BULK)
    mark(connection, members)
    turn(program)

    left = Delivery.objects.count()
    unknown = LastSent.objects.filter(is_known=True).count()
    deliver(program)

    assert (left, unknown, Connection.objects.get().failures) == (12, 0, 0)
    assert [path for path, _status, _objects in requests(braze)] == [BULK, USUAL, USUAL, USUAL]
    assert profiles_told(braze) == set(members)


def test_refused_member_costs_its_neighbours_nothing(program, connection, braze, members):
    found = mark(connection, members)
    braze.fault(item_errors={"input_array": "attributes", "index": 4, "type": "not this one"}, path=BULK)

    deliver(program)

    found.refresh_from_db()
    assert requests(braze) == [(BULK, 201, 12)]
    assert profiles_told(braze) == set(members) - {members[4]}
    assert found.refused == 1


def test_bulk_refused_as_a_whole_is_sent_the_usual_way(program, connection, braze, members):
    braze.fault(status=400, body={"message": "Max Input Length Exceeded"}, path=BULK)
    mark(connection, members)

    deliver(program)

    stored = Connection.objects.get()
    assert [path for path, _status, _objects in requests(braze)] == [BULK, USUAL, USUAL, USUAL]
    assert profiles_told(braze) == set(members)
    assert stored.bulk_refusal == "400: Max Input Length Exceeded"
    assert stored.bulk_rests_until > timezone.now()
