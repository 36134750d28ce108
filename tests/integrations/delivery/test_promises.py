"""The ten promises of delivery, one test each, through the simulator and several dispatchers where it matters."""

import threading
import time
from collections import Counter

import pytest
import redis

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.connections.services import pause, resume
from integrations.delivery import replay, replay_steps
from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.models import DeliveryOutcome, State
from integrations.delivery.replay import Selection
from selfservice.audit.services import Actor
from selfservice.celery import app
from selfservice.embedded.stopping import stop_valkey
from selfservice.embedded.valkey import ensure_valkey
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, in_threads, outcomes, send, tally, turn
from tests.integrations.delivery.test_dispatcher import assert_order_kept

pytestmark = pytest.mark.django_db(transaction=True)
SOMEBODY = Actor(name="someone")
EVERYTHING = Selection(states=tuple(State))


def wait_for(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def dispatcher(connection):
    """One that runs beside the test."""
    started = Dispatcher()
    yield started
    started.stop()


@pytest.fixture
def broker(tmp_path, settings, monkeypatch):
    """A broker of the test's own, to be emptied and killed; gives its folder and its address."""
    (tmp_path / "valkey").mkdir()
    (tmp_path / "log").mkdir()
    url = ensure_valkey(folder=tmp_path, durable=False)
    settings.REDIS_URL = url
    monkeypatch.setattr(app.conf, "broker_write_url", url)
    yield tmp_path, url
    stop_valkey(tmp_path)


@pytest.mark.slow
def test_promise_1_every_accepted_event_is_in_one_counted_state(program, connection, braze):
    """At every moment, also while units are delivered, die and are replayed."""
    over = threading.Event()
    seen = []

    def watch():
        while not over.is_set():
            seen.append(tally(connection))

    def again():
        for _ in range(4):
            replay_steps.run(job=replay.begin(program=program, selection=EVERYTHING, actor=SOMEBODY))

    def work():
        for _ in range(4):
            send(program, *[_of_every_kind(number) for number in range(40)])
            in_threads([deliver, again])
        deliver(program)
        over.set()

    braze.fault(**REFUSAL)
    in_threads([watch, work])

    assert {accepted for accepted, *_rest in seen} >= {0, 160}
    assert any(waiting for *_rest, waiting, _twice in seen)
    newest = DeliveryOutcome.objects.filter(replayed_at=None)
    states = Counter(newest.values_list("state", flat=True))
    twice = newest.filter(is_maybe_twice=True).count()
    assert tally(connection) == (160, states["delivered"], states["dead"], states["filtered"], 0, twice)


def _of_every_kind(number):
    if number % 8 == 0:
        return refused_event(f"m-{number}")
    return balance_event(f"m-{number}", **({"type": "WEATHER_CHANGED"} if number % 8 == 1 else {}))


@pytest.mark.slow
def test_promise_2_order_per_profile_survives_retries_restarts_workers_and_replay(program, connection, braze):
    events = [balance_event(f"m-{number % 7}") for number in range(300)]
    for fault in ({"status": 503}, {"reset": "before"}, {"status": 500, "process": True}) * 3:
        braze.fault(**fault)
    send(program, *events[:200])
    stopped = Dispatcher()
    stopped.start()
    time.sleep(0.2)
    stopped.stop()
    send(program, *events[200:])

    in_threads([deliver, deliver])
    first_copies = len(braze.taken())
    replay_steps.run(job=replay.begin(program=program, selection=EVERYTHING, actor=SOMEBODY))
    in_threads([deliver, deliver])

    assert_order_kept(braze, events)
    again = braze.taken()[first_copies:]
    for number in range(7):
        mine = [event.event_id for event in events if event.account_id == f"m-{number}"]
        assert [event_id for event_id in again if event_id in set(mine)] == mine


def test_promise_3_a_second_copy_goes_out_only_for_an_unknown_fate_and_is_marked(program, connection, braze):
    events = [balance_event("a-1") for _ in range(200)]
    braze.fault(reset="after")
    send(program, *events)

    deliver(program)

    copies = Counter(braze.taken())
    twice = {event_id for event_id, count in copies.items() if count > 1}
    marked = set(DeliveryOutcome.objects.filter(is_maybe_twice=True).values_list("event_id", flat=True))
    assert set(copies) == {event.event_id for event in events}
    assert twice == marked
    assert 0 < len(marked) <= 75


def test_promise_4_one_bad_item_costs_no_neighbour(program, connection, braze):
    events = [balance_event(f"m-{number}") for number in range(30)]
    bad = refused_event("m-7")
    braze.fault(**REFUSAL)
    send(program, *events[:15], bad, *events[15:])

    deliver(program)

    assert set(braze.taken()) == {event.event_id for event in events}
    assert outcomes(program)[bad.event_id] == ("dead", "not this one")
    assert tally(connection) == (31, 30, 1, 0, 0, 0)
    assert Connection.objects.get().status == "active"


def test_promise_5_a_wait_never_holds_a_worker(program, connection, braze, settings):
    """With a single thread: what waits for an hour, and what waits for its back-off, is out of the way."""
    settings.DELIVERY_SLOTS = 1
    settings.DELIVERY_BACKOFF_SECONDS = 900
    failing = ProgramFactory()
    connect_braze(failing, apiKey="failing-key-4444", apiEndpoint=braze.url)
    braze.control(status=503, key="failing-key-4444")
    send(failing, balance_event())
    turn(failing)
    braze.fault(status=429, headers={"X-Ratelimit-Retry-After": "3600"})
    send(program, balance_event())
    turn(program)
    neighbour = ProgramFactory()
    other = connect_braze(neighbour, apiKey="neighbours-key-5555", apiEndpoint=braze.url)
    send(neighbour, balance_event())

    started = time.monotonic()
    deliver(neighbour)

    assert tally(other) == (1, 1, 0, 0, 0, 0)
    assert time.monotonic() - started < 5


def test_promise_6_a_refused_key_stops_and_a_mended_one_goes_on_in_order(program, connection, braze):
    events = [balance_event("a-1") for _ in range(100)]
    braze.control(revoke=braze.key)
    send(program, *events)
    deliver(program)
    refused = len(braze.journal())
    assert Connection.objects.get().status == "stopped"
    braze.key = "mended-key-no-6666"

    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)
    deliver(program)

    assert refused == 1
    assert braze.taken() == [event.event_id for event in events]
    assert tally(connection) == (100, 100, 0, 0, 0, 0)


@pytest.mark.slow
def test_promise_7_a_slow_neighbour_costs_nobody_else_more_than_three_seconds(program, connection, braze, dispatcher):
    braze.fault(delay=1.0, seconds=30)
    send(program, *[balance_event(f"m-{number}") for number in range(400)])
    dispatcher.start()
    wait_for(braze.journal)
    neighbour = ProgramFactory()
    other = connect_braze(neighbour, apiKey="neighbours-key-7777", apiEndpoint=braze.url)

    started = time.monotonic()
    send(neighbour, balance_event())
    wait_for(lambda: tally(other)[1] == 1)

    assert time.monotonic() - started <= 3
    braze.control(clear=True)


def test_promise_8_only_what_changed_is_sent_and_one_object_per_profile(program, connection, braze):
    equal = {"points": 5, "lockedPoints": 0, "statusPoints": 0}
    send(program, balance_event("a-1", data=equal))
    deliver(program)
    send(program, *[balance_event("a-1", data=equal) for _ in range(3)])
    deliver(program)
    send(program, *[balance_event("a-1") for _ in range(3)])
    deliver(program)

    attributes = [sum(item["array"] == "attributes" for item in entry["objects"]) for entry in braze.journal()]
    assert attributes == [1, 0, 1]


def test_promise_9_a_change_takes_effect_with_the_next_request(program, connection, braze, dispatcher):
    events = [balance_event("a-1") for _ in range(150)]
    braze.fault(delay=0.5)
    send(program, *events)
    dispatcher.start()
    wait_for(braze.journal)
    before = braze.taken()

    connect_braze(program, apiKey="another-key-no-9999", apiEndpoint=braze.url)
    wait_for(lambda: tally(connection)[1] == 150)
    braze.key = "another-key-no-9999"

    assert [*before, *braze.taken()] == [event.event_id for event in events]
    assert len(before) < 75


def test_promise_9_a_pause_takes_effect_with_the_next_request(program, connection, braze, dispatcher):
    events = [balance_event("a-1") for _ in range(150)]
    braze.fault(delay=0.5)
    send(program, *events)
    dispatcher.start()
    wait_for(braze.journal)

    pause(connection=connection, actor=SOMEBODY)
    wait_for(lambda: tally(connection)[1] > 0)
    time.sleep(0.2)
    requests, (_accepted, delivered, *_endings, waiting, _twice) = len(braze.journal()), tally(connection)
    resume(connection=connection, actor=SOMEBODY)
    wait_for(lambda: tally(connection)[1] == 150)

    assert (requests, delivered + waiting) == (1, 150)
    assert braze.taken() == [event.event_id for event in events]


@pytest.mark.slow
def test_promise_10_an_emptied_and_a_vanished_broker_change_nothing(program, connection, braze, broker, dispatcher):
    folder, url = broker
    events = [balance_event(f"m-{number % 9}") for number in range(90)]
    send(program, *events[:30])
    with redis.Redis.from_url(url) as client:
        client.flushall()
    dispatcher.start()
    wait_for(lambda: tally(connection)[1] == 30)

    stop_valkey(folder)
    send(program, *events[30:60])
    wait_for(lambda: tally(connection)[1] == 60)
    ensure_valkey(folder=folder, durable=False)
    send(program, *events[60:])
    wait_for(lambda: tally(connection)[1] == 90)

    assert sorted(braze.taken()) == sorted(event.event_id for event in events)
    assert_order_kept(braze, events)
    assert not ApiCall.objects.exclude(status=201).exists()
