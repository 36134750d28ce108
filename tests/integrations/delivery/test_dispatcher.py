"""The loop as a whole: several lanes, several dispatchers, faults of every kind, and nothing lost."""

import random
import threading
import time
from collections import Counter, defaultdict

import pytest
from django.db import InterfaceError, OperationalError

from integrations.delivery import dispatcher as dispatching
from integrations.delivery.claiming import Claimed
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.models import Attempt, Delivery, DeliveryOutcome
from integrations.delivery.sending import drain_lane
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, in_threads, send, tally

pytestmark = pytest.mark.django_db(transaction=True)

FAULTS = [
    {"reset": "before"},
    {"reset": "after"},
    {"status": 503},
    {"status": 500, "process": True},
    {"status": 400, "body": {"message": "no"}},
    {"status": 201, "process": True, "body": "<html>odd</html>"},
    {"item_errors": {"input_array": "events", "index": 2, "type": "not this one"}},
    {"delay": 0.05},
]


def assert_order_kept(braze, events):
    """Of each account the first copies arrived in the order of acceptance."""
    arrived = {event_id: place for place, event_id in reversed(list(enumerate(braze.taken())))}
    by_account = defaultdict(list)
    for event in events:
        if event.event_id in arrived:
            by_account[event.account_id].append(arrived[event.event_id])
    assert all(places == sorted(places) for places in by_account.values())


def test_nudge_is_faster_than_the_sweep(program, connection, braze, settings):
    settings.DELIVERY_SWEEP_SECONDS = 30
    dispatcher = Dispatcher()
    dispatcher.start()
    time.sleep(0.1)
    send(program, balance_event())

    dispatcher.nudge()
    deadline = time.monotonic() + 5
    while not DeliveryOutcome.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    dispatcher.stop()

    assert tally(connection) == (1, 1, 0, 0, 0, 0)


def test_dispatcher_whose_claiming_hangs_is_not_looking(db, settings, monkeypatch):
    """What the worker's heartbeat stands for: not the process, but the loop without which nothing is sent."""
    goes_on = threading.Event()
    monkeypatch.setattr(dispatching, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(dispatching, "claim_due", lambda **_bounds: goes_on.wait() and Claimed([], None))
    settings.DELIVERY_SWEEP_SECONDS = 0.05
    dispatcher = Dispatcher()
    before = dispatcher.is_looking()
    dispatcher.start()

    while_claiming = dispatcher.is_looking()
    time.sleep(0.3)
    while_hanging = dispatcher.is_looking()
    goes_on.set()
    dispatcher.stop()

    assert (before, while_claiming, while_hanging, dispatcher.is_looking()) == (False, True, False, False)


def test_lane_in_hand_when_the_database_goes_waits_for_no_lease(program, connection, braze, monkeypatch):
    failures = [OperationalError("the connection is lost"), InterfaceError("already closed")]

    def drain(lane):
        if failures:
            raise failures.pop()
        return drain_lane(lane)

    monkeypatch.setattr(dispatching, "drain_lane", drain)
    send(program, balance_event())
    begun = time.monotonic()

    deliver(program)

    assert tally(connection) == (1, 1, 0, 0, 0, 0)
    assert time.monotonic() - begun < 5
    assert failures == []


def test_stop_waits_for_the_request_under_way(program, connection, braze):
    braze.fault(delay=0.3)
    send(program, balance_event())
    dispatcher = Dispatcher()
    dispatcher.start()
    while not braze.journal():
        time.sleep(0.01)

    dispatcher.stop()

    assert tally(connection) == (1, 1, 0, 0, 0, 0)
    assert not Attempt.objects.exists()


def test_refused_key_costs_at_most_the_requests_under_way(program, connection, braze, settings):
    settings.DELIVERY_SLOTS = 3
    braze.control(revoke=braze.key)
    send(program, *[balance_event(f"m-{number}") for number in range(60)])

    deliver(program)

    assert 1 <= len(braze.journal()) <= 3
    assert tally(connection) == (60, 0, 0, 0, 60, 0)


def test_two_dispatchers_send_nothing_twice_and_keep_order(program, connection, braze):
    events = [balance_event(f"m-{number % 30}") for number in range(600)]
    send(program, *events)

    in_threads([deliver, deliver])

    assert Counter(braze.taken()) == Counter(event.event_id for event in events)
    assert_order_kept(braze, events)
    assert tally(connection) == (600, 600, 0, 0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_faults_of_every_kind_lose_nothing(program, connection, braze, seed):
    chance = random.Random(seed)  # noqa: S311 - a scenario, no secret
    events = [_some_event(chance) for _ in range(240)]
    for fault in chance.choices(FAULTS, k=14):
        braze.fault(**fault)
    braze.fault(**REFUSAL)
    dispatcher = Dispatcher()
    dispatcher.start()

    for start in range(0, len(events), 40):
        send(program, *events[start : start + 40])
        tally(connection)
    dispatcher.stop()
    accepted, *_endings, waiting, _twice = tally(connection)
    assert (accepted, waiting) == (240, Delivery.objects.count())
    deliver(program)

    accepted, delivered, dead, filtered, waiting, twice = tally(connection)
    assert (accepted, waiting, Delivery.objects.count()) == (240, 0, 0)
    rows = {row.event_id: row for row in DeliveryOutcome.objects.all()}
    assert Counter(row.state for row in rows.values()) == Counter(delivered=delivered, dead=dead, filtered=filtered)
    copies = Counter(braze.taken())
    assert {event_id for event_id, row in rows.items() if row.state == "delivered"} <= set(copies)
    assert all(rows[event_id].is_maybe_twice for event_id, count in copies.items() if count > 1)
    assert sum(row.is_maybe_twice for row in rows.values()) == twice
    assert_order_kept(braze, events)


def _some_event(chance):
    account = f"m-{chance.randrange(12)}"
    kind = chance.random()
    if kind < 0.03:
        return refused_event(account)
    return balance_event(account, **({"type": "WEATHER_CHANGED"} if kind < 0.06 else {}))


@pytest.mark.slow
def test_ledger_adds_up_at_every_moment(program, connection, braze):
    stop = threading.Event()
    seen = []

    def watch():
        while not stop.is_set():
            seen.append(tally(connection))

    def work():
        for _ in range(6):
            send(program, *[balance_event(f"m-{number}") for number in range(40)])
            deliver(program)
        stop.set()

    in_threads([watch, work])

    assert len(seen) > 5
    assert tally(connection) == (240, 240, 0, 0, 0, 0)
