"""Who is let in to work, who waits for a slot, and who is turned away."""

import threading
import time
from collections import Counter

import pytest

from selfservice.middleware.admission import seconds_waited
from tests.selfservice.middleware.gate import DONE, SHED, admission, environ


class Gatekept:
    """An application that works until it is let go, and knows how many worked at once."""

    def __init__(self):
        self.go, self.lock = threading.Event(), threading.Lock()
        self.working = self.most = 0

    def __call__(self, _environ, _start_response):
        with self.lock:
            self.working += 1
            self.most = max(self.most, self.working)
        self.go.wait(10)
        with self.lock:
            self.working -= 1
        return DONE


def called_at_once(gate, environs):
    """Starts one call after the other; the answers of all come when they are collected."""
    answers = []
    threads = [threading.Thread(target=lambda each=each: answers.append(gate(each, None))) for each in environs]
    for thread in threads:
        thread.start()
        time.sleep(0.005)
    return threads, answers


def test_no_more_work_than_there_are_slots_a_few_wait_and_the_rest_is_turned_away():
    application = Gatekept()
    threads, answers = called_at_once(admission(application), [environ(f"/v1/programs/p{n}/events") for n in range(12)])

    application.go.set()
    for thread in threads:
        thread.join(10)

    assert application.most == 3
    assert Counter(map(bytes.decode, (answer[0] for answer in answers))) == {"done": 7, "turned away": 5}


def test_one_program_has_neither_all_slots_nor_more_than_half_of_the_places():
    application = Gatekept()
    gate = admission(application)
    many, found = called_at_once(gate, [environ()] * 8)
    few, others = called_at_once(gate, [environ("/v1/programs/other/events")] * 2)

    working = application.most
    application.go.set()
    for thread in [*many, *few]:
        thread.join(10)

    assert working == 2 + 1
    assert sum(answer is DONE for answer in found) == 2 + 2
    assert others == [DONE, DONE]


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(environ(method="GET"), 0.4, 0.9), (environ(), 0.9, 5.0), (environ("/sign-in", "GET"), 0.9, 5.0)],
)
def test_nobody_waits_for_long(asked, least, most):
    application = Gatekept()
    gate = admission(application, slots=1)
    threads, _answers = called_at_once(gate, [environ("/v1/programs/busy/events")])
    begun = time.monotonic()

    answer = gate(asked, None)

    waited = time.monotonic() - begun
    application.go.set()
    threads[0].join(10)
    assert answer is SHED
    assert least < waited < most


def test_call_in_vain_needs_no_slot():
    gate = admission(lambda _environ, _start: pytest.fail("looked at"), slots=1, is_in_vain=lambda _environ: True)

    assert gate(environ(), None) is SHED


def test_probes_are_always_answered():
    application = Gatekept()
    gate = admission(application, slots=1, places=0, is_in_vain=lambda _environ: True)
    threads, answers = called_at_once(gate, [environ("/health/ready", "GET"), environ("/metrics", "GET")])

    application.go.set()
    for thread in threads:
        thread.join(10)

    assert answers == [DONE, DONE]


def test_failure_gives_the_slot_back():
    def failing(_environ, _start_response):
        raise ZeroDivisionError

    gate = admission(failing, slots=1, places=0)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            gate(environ(), None)


def test_application_learns_how_long_a_request_has_waited():
    seen = []
    gate = admission(lambda environ, _start: time.sleep(0.05) or seen.append(seconds_waited(environ)) or DONE)

    gate(environ(), None)

    assert 0.05 <= seen[0] < 1
    assert seconds_waited(environ()) == 0
