"""Of those who wait for a slow first only a few hold a thread; for a quick one all wait."""

import pytest

from integrations.inbound import patience
from integrations.inbound.errors import DoorError
from integrations.inbound.patience import Patience


class Clock:
    """Stands in for the library's: sleeping costs no time."""

    def __init__(self):
        self.now = 1_000.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(patience, "LONG_WAITERS", 1)
    found = Clock()
    monkeypatch.setattr(patience, "time", found)
    return found


def wait_out(waiting, clock):
    """How long the wait lasted, and how it ended."""
    begun = clock.now
    with pytest.raises(DoorError) as caught:
        pause_for_ever(waiting)
    return clock.now - begun, caught.value.problem


def pause_for_ever(waiting):
    while True:
        waiting.pause()


def test_wait_ends_after_ten_seconds_with_503(clock):
    with Patience(b"a") as waiting:
        seconds, problem = wait_out(waiting, clock)

    assert 9 < seconds <= 10
    assert (problem.status, problem.error, problem.headers) == (503, "still_running", {"Retry-After": "2"})


def test_only_some_wait_for_a_first_that_is_slow(clock):
    with Patience(b"b") as one, Patience(b"b") as other:
        while clock.now < 1_003:
            one.pause()
        with pytest.raises(DoorError):
            other.pause()
        one.pause()


def test_place_is_free_again(clock):
    for _repeat in range(2):
        with Patience(b"c") as waiting:
            assert wait_out(waiting, clock)[0] > 9


def test_all_wait_for_a_first_that_is_quick(clock):
    with Patience(b"d") as one, Patience(b"d") as other:
        for waiting in (one, other, one, other):
            waiting.pause()


def test_call_that_was_busy_a_while_ago_is_given_its_time_anew(clock):
    with Patience(b"e") as holder:
        wait_out(holder, clock)
        clock.now += 60
        with Patience(b"e") as waiting:
            waiting.pause()
