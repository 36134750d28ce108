"""The shared token bucket, on the real Redis, and what it does to delivery."""

import socket
import time
from copy import copy
from datetime import timedelta

import pytest
import redis
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import pace
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import Lane
from integrations.spec import Pace
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, in_threads, send, tally, turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(program):
    return connect_braze(program)


@pytest.fixture
def silent_port():
    """Where somebody takes calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def low(remaining, reset_in, limit=3000):
    """The headers of an answer that took the request."""
    headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining)}
    return {"status": 201, "process": True, "headers": headers | {"X-RateLimit-Reset": str(reset_in)}}


def granted(connection, asked):
    return sum(pace.take(connection=connection) == 0 for _ in range(asked))


def test_nothing_heard_holds_nobody_up(connected):
    assert granted(connected, 50) == 50
    assert pace.heard(connection=connected) is None


def test_enough_left_holds_nobody_up_and_is_counted_down(connected):
    pace.note(connection=connected, said=Pace(1000, 900, 60))

    assert granted(connected, 50) == 50
    assert 850 <= pace.heard(connection=connected).remaining <= 850 + pace.TRUSTED_REQUESTS
    time.sleep(pace.TRUSTED_SECONDS)
    assert granted(connected, 1) == 1
    assert pace.heard(connection=connected).remaining == 849


def test_little_left_ends_what_was_granted_on_trust(connected):
    pace.note(connection=connected, said=Pace(1000, 900, 60))
    assert granted(connected, 2) == 2

    pace.note(connection=connected, said=Pace(1000, 0, 60))

    assert pace.take(connection=connected) > 50


def test_plenty_is_told_the_bucket_ten_times_a_second_at_most(connected):
    for remaining in (990, 980, 970):
        pace.note(connection=connected, said=Pace(1000, remaining, 60))

    assert pace.heard(connection=connected).remaining == 990


def test_little_left_is_spread_over_the_time_left(connected):
    pace.note(connection=connected, said=Pace(1000, 60, 60))

    assert granted(connected, 5) <= 2
    assert 0.5 < pace.take(connection=connected) <= 1.1


def test_nothing_left_waits_for_the_limit_to_start_anew(connected):
    pace.note(connection=connected, said=Pace(1000, 0, 60))

    assert 59 < pace.take(connection=connected) <= 60


def test_wait_is_an_hour_at_most(connected):
    pace.note(connection=connected, said=Pace(1000, 0, 7_000))

    assert pace.take(connection=connected) == 3_600


def test_limit_that_started_anew_holds_nobody_up(connected):
    pace.note(connection=connected, said=Pace(1000, 0, 0.05))
    time.sleep(0.06)

    assert granted(connected, 20) == 20


def test_answers_that_overtake_each_other_raise_nothing(connected):
    pace.note(connection=connected, said=Pace(1000, 500, 60))
    pace.note(connection=connected, said=Pace(1000, 510, 60))
    pace.note(connection=connected, said=Pace(1000, 999, 5))

    assert pace.heard(connection=connected).remaining == 500


def test_another_key_or_endpoint_is_another_bucket(connected):
    pace.note(connection=connected, said=Pace(1000, 0, 60))
    connected.generation += 1
    assert pace.take(connection=connected) > 0, "the limit is the key's, whatever else is saved"

    elsewhere = copy(connected)
    elsewhere.config = connected.config | {"apiEndpoint": "https://rest.iad-01.braze.com"}
    other_key = copy(connected)
    other_key.secret_fingerprints = {"apiKey": "another"}

    assert pace.take(connection=elsewhere) == pace.take(connection=other_key) == 0


def test_bucket_is_shared_and_keeps_the_rate(connected):
    """300 a second are left; four ask at once as often as they can."""
    pace.note(connection=connected, said=Pace(10_000, 1_500, 5))
    end = time.monotonic() + 0.5

    def ask():
        count = 0
        while time.monotonic() < end:
            count += granted(connected, 1)
        return count

    assert 100 <= sum(in_threads([ask] * 4)) <= 200


def test_lane_without_a_token_is_parked_and_holds_no_worker(program, connection, braze):
    braze.fault(**low(0, 40))
    send(program, balance_event("a-1"))
    turn(program)
    send(program, balance_event("a-1"))

    started = time.monotonic()
    turn(program)

    lane = Lane.objects.get(connection=connection)
    assert time.monotonic() - started < 1
    assert lane.lease_until is None
    assert timedelta(seconds=35) < lane.due_at - timezone.now() <= timedelta(seconds=40)
    assert claim_due(limit=10).lanes == []
    assert (len(braze.journal()), tally(connection)) == (1, (2, 1, 0, 0, 1, 0))


@pytest.mark.slow
def test_parked_lanes_go_on_before_the_next_sweep(program, connection, braze, settings):
    settings.DELIVERY_SWEEP_SECONDS = 30
    events = [balance_event("a-1") for _ in range(75 * 4)]
    braze.fault(**low(10, 2, limit=3000))
    send(program, *events)

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert pace.heard(connection=Connection.objects.get()).limit == 3000


def test_absent_redis_costs_one_line_and_no_wait(connected, settings, caplog):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    pace.note(connection=connected, said=Pace(1000, 0, 60))
    found = granted(connected, 200)

    assert found == 200
    assert pace.heard(connection=connected) is None
    assert [record.levelname for record in caplog.records if "Redis is away" in record.message] == ["WARNING"]


def test_silent_redis_costs_its_time_out_once(connected, settings, silent_port):
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_port}/0"
    started = time.monotonic()

    assert granted(connected, 100) == 100
    assert time.monotonic() - started < 1


def test_emptied_redis_forgets_the_pace_and_its_script(connected, settings):
    pace.note(connection=connected, said=Pace(1000, 0, 60))
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.script_flush()
        for key in client.scan_iter(f"pace:{connected.pk}:*"):
            client.delete(key)

    assert pace.take(connection=connected) == 0
