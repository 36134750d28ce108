"""Calls that fail on the way: how long is waited, what is repeated, and what is marked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.delivery.claiming import claim_due
from integrations.delivery.models import Delivery, DeliveryOutcome, Lane
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send, tally, turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Ratelimit-Retry-After": "7"}, 7),
        ({"Retry-After": "9"}, 9),
        ({"X-RateLimit-Reset": "11"}, 11),
        ({"X-Ratelimit-Retry-After": "999999"}, 3600),
    ],
)
def test_rate_limit_parks_the_connection_as_long_as_asked(program, connection, braze, headers, seconds):
    braze.fault(status=429, headers={"X-RateLimit-Reset": None} | headers)
    send(program, balance_event("a-1"), balance_event("b-2"))

    turn(program)

    connection.refresh_from_db()
    wait = connection.parked_until - timezone.now()
    assert timedelta(seconds=seconds - 3) < wait <= timedelta(seconds=seconds + 1)
    assert claim_due(limit=10, program_id=program.pk).lanes == []
    assert tally(connection) == (2, 0, 0, 0, 2, 0)
    assert len(braze.journal()) == 1


def test_rate_limit_with_a_moment_parks_until_then(program, connection, braze):
    then = timezone.now() + timedelta(seconds=30)
    braze.fault(status=429, headers={"X-RateLimit-Reset": str(int(then.timestamp()))})
    send(program, balance_event())

    turn(program)

    connection.refresh_from_db()
    assert abs(connection.parked_until - then) < timedelta(seconds=3)


@pytest.mark.parametrize("seconds", ["0", "soon", "-5"])
def test_rate_limit_without_a_usable_wait_backs_the_lane_off(program, connection, braze, seconds, settings):
    settings.DELIVERY_BACKOFF_SECONDS = 900
    headers = {"X-RateLimit-Reset": None, "X-Ratelimit-Retry-After": seconds}
    braze.fault(status=429, headers=headers)
    send(program, balance_event())

    turn(program)

    lane = Lane.objects.get(connection=connection)
    assert (lane.failures, lane.lease_until) == (1, None)
    assert lane.due_at > timezone.now()


@pytest.mark.slow
def test_rate_limit_over_goes_on_without_mark(program, connection, braze):
    events = [balance_event("a-1") for _ in range(3)]
    braze.fault(status=429, headers={"X-Ratelimit-Retry-After": "1"})
    send(program, *events)

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


@pytest.mark.parametrize("status", [408, 500, 503])
def test_failure_of_unknown_fate_is_repeated_and_marked(program, connection, braze, status):
    events = [balance_event("a-1") for _ in range(3)]
    braze.fault(status=status)
    send(program, *events)

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (3, 3, 0, 0, 0, 3)
    assert all(row.is_maybe_twice for row in DeliveryOutcome.objects.all())
    assert [call.status for call in ApiCall.objects.order_by("at")] == [status, 201]


def test_failure_marks_only_what_was_in_the_request(program, connection, braze, settings):
    braze.fault(status=503)
    first = balance_event("a-1")
    send(program, first)
    turn(program)
    second = balance_event("a-1")
    send(program, second)

    deliver(program)

    marked = DeliveryOutcome.objects.filter(is_maybe_twice=True).values_list("event_id", flat=True)
    assert list(marked) == [first.event_id]
    assert tally(connection) == (2, 2, 0, 0, 0, 1)


def test_reset_before_accept_loses_nothing(program, connection, braze):
    events = [balance_event("a-1") for _ in range(5)]
    braze.fault(reset="before")
    send(program, *events)

    deliver(program)

    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (5, 5, 0, 0, 0, 5)


def test_reset_after_accept_sends_a_second_copy_and_says_so(program, connection, braze):
    events = [balance_event("a-1") for _ in range(5)]
    braze.fault(reset="after")
    send(program, *events)

    deliver(program)

    ids = [event.event_id for event in events]
    assert braze.taken() == ids + ids
    assert tally(connection) == (5, 5, 0, 0, 0, 5)
    assert ApiCall.objects.filter(status=0).count() == 1


def test_refused_connection_is_repeated_without_mark(program, quick, settings, braze):
    settings.OUTBOUND_ALLOW = settings.OUTBOUND_ALLOW | {"127.0.0.1:9"}
    connection = connect_braze(program, apiKey=braze.key, apiEndpoint="http://127.0.0.1:9")
    send(program, balance_event())

    turn(program)

    assert tally(connection) == (1, 0, 0, 0, 1, 0)
    assert not Delivery.objects.get().is_maybe_twice
    assert ApiCall.objects.get().error == "unreachable"
