import contextvars
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from selfservice.guards.breaker import Breaker
from selfservice.guards.bulkhead import PATIENCE_SECONDS, Bulkhead, NotDone


class Down(Exception):
    pass


def bulkhead(*, failures=3, slots=2):
    return Bulkhead(slots=slots, breaker=Breaker(failures=failures, rest_seconds=60), failures=(Down,))


@pytest.fixture
def gate():
    opened = threading.Event()
    yield opened
    opened.set()


def occupy(hold, gate, *, count):
    """So many calls that end when the gate opens."""
    callers = ThreadPoolExecutor(max_workers=count)
    running = threading.Semaphore(0)

    def work():
        running.release()
        gate.wait(10)

    futures = [callers.submit(hold.run, work, seconds=10) for _ in range(count)]
    for _ in range(count):
        assert running.acquire(timeout=5)
    return futures


def test_result_and_error_reach_the_caller():
    hold = bulkhead()

    assert hold.run(lambda: 7, seconds=5) == 7
    with pytest.raises(KeyError):
        hold.run(lambda: {}["x"], seconds=5)


def test_work_sees_the_callers_context():
    name = contextvars.ContextVar("name", default="nobody")
    name.set("Ada")

    assert bulkhead().run(name.get, seconds=5) == "Ada"


def test_caller_walks_away_when_the_time_is_up(gate):
    began = time.monotonic()
    with pytest.raises(NotDone) as caught:
        bulkhead().run(lambda: gate.wait(10), seconds=0.1)

    assert caught.value.timed_out
    assert time.monotonic() - began < 2


def test_third_caller_is_refused_soon_while_two_are_stuck(gate):
    hold = bulkhead()
    occupy(hold, gate, count=2)
    time.sleep(PATIENCE_SECONDS)

    began = time.monotonic()
    with pytest.raises(NotDone) as caught:
        hold.run(lambda: 7, seconds=10)

    assert not caught.value.timed_out
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_slot_of_one_who_walked_away_is_free_only_when_the_work_has_ended(gate):
    hold = bulkhead(slots=1, failures=10)
    with pytest.raises(NotDone):
        hold.run(lambda: gate.wait(10), seconds=0.05)

    with pytest.raises(NotDone):
        hold.run(lambda: 7, seconds=0.05)
    gate.set()
    time.sleep(0.1)
    assert hold.run(lambda: 7, seconds=5) == 7


def test_waiting_for_a_slot_succeeds_while_calls_are_quick():
    hold = bulkhead()

    with ThreadPoolExecutor(max_workers=6) as callers:
        found = list(callers.map(lambda number: hold.run(lambda: _after(0.005, number), seconds=5), range(30)))

    assert found == list(range(30))


def test_failures_in_a_row_end_in_refusal_at_once():
    hold = bulkhead(failures=3)

    def fail():
        raise Down

    for _ in range(3):
        with pytest.raises(Down):
            hold.run(fail, seconds=5)

    with pytest.raises(NotDone):
        hold.run(lambda: 7, seconds=5)


def test_answer_that_says_no_is_no_failure():
    hold = bulkhead(failures=1)

    for _ in range(3):
        with pytest.raises(KeyError):
            hold.run(lambda: {}["x"], seconds=5)

    assert hold.run(lambda: 7, seconds=5) == 7


def _after(seconds, value):
    time.sleep(seconds)
    return value


class Unknown(Exception):
    pass


class NeverAsked(Unknown):
    pass


def raising(error):
    def work():
        raise error

    return work


@pytest.mark.parametrize(("error", "is_open"), [(Unknown, False), (NeverAsked, True)])
def test_refusal_closes_the_breaker_and_what_was_never_asked_does_not(error, is_open):
    breaker = Breaker(failures=2, rest_seconds=0.0)
    hold = Bulkhead(slots=2, breaker=breaker, failures=(Down,), answers=(Unknown,), unasked=(NeverAsked,))
    for _ in range(2):
        with pytest.raises(Down):
            hold.run(raising(Down()), seconds=5)
    assert breaker.is_open

    with pytest.raises(error):
        hold.run(raising(error()), seconds=5)

    assert breaker.is_open is is_open


def test_failures_within_no_fair_time_do_not_count(gate):
    breaker = Breaker(failures=1, rest_seconds=60)
    hold = Bulkhead(slots=2, breaker=breaker, failures=(Down,))

    with pytest.raises(NotDone):
        hold.run(lambda: gate.wait(10), seconds=0.05, is_fair=False)
    with pytest.raises(Down):
        hold.run(raising(Down()), seconds=5, is_fair=False)

    assert not breaker.has_failed
