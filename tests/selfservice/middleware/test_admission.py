import threading
import time
from collections import Counter

import pytest

from selfservice.middleware.admission import STRANGERS, Admission, FairQueue, Overloaded, resting, seconds_waited

SHED = [b"turned away"]
DONE = [b"done"]


def environ(path="/v1/programs/club/events", method="POST"):
    return {"PATH_INFO": path, "REQUEST_METHOD": method}


def admission(application, *, slots=3, places=4, is_in_vain=lambda _environ: False):
    return Admission(
        application,
        is_in_vain=is_in_vain,
        turn_away=lambda _environ, _start_response: SHED,
        slots=slots,
        places=places,
    )


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


def test_lanes_are_served_in_turn():
    queue, served = FairQueue(slots=1, places=20), []
    queue.enter("", seconds=0)

    def work(lane):
        assert queue.enter(lane, seconds=10)
        served.append(lane)
        queue.leave(lane)

    threads = []
    for lane in ["a"] * 6 + ["b"] * 2:
        threads.append(threading.Thread(target=work, args=(lane,)))
        threads[-1].start()
        time.sleep(0.005)
    queue.leave("")
    for thread in threads:
        thread.join(10)

    assert served[:4] == ["a", "b", "a", "b"]
    assert len(served) == 8


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


def test_who_gave_up_leaves_no_place_taken():
    queue = FairQueue(slots=1, places=2)
    queue.enter("a", seconds=0)

    assert [queue.enter("a", seconds=0.01) for _ in range(5)] == [False] * 5
    queue.leave("a")
    assert queue.enter("b", seconds=0)


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


def test_resting_request_lets_another_work_in_its_slot_and_comes_back():
    queue = FairQueue(slots=2, places=6)
    order = []

    def work(name):
        assert queue.enter("club", seconds=5)
        order.append(name)
        queue.leave("club")

    assert queue.enter("club", seconds=0)
    second = threading.Thread(target=work, args=["second"])
    second.start()
    time.sleep(0.05)
    assert order == []

    assert queue.rest("club")
    second.join(5)
    assert order == ["second"]

    assert queue.come_back("club", seconds=0)
    assert not queue.enter("club", seconds=0)
    queue.leave("club")
    assert queue.enter("club", seconds=0)


def test_who_rests_takes_a_place_and_keeps_the_slot_where_there_is_none():
    queue = FairQueue(slots=4, places=2)
    for _ in range(3):
        assert queue.enter("club", seconds=0)

    assert queue.rest("club")
    assert not queue.rest("club")

    assert queue.enter("club", seconds=0)
    assert not queue.enter("club", seconds=0)


def test_resting_outside_of_a_queue_is_just_waiting():
    with resting({}):
        pass


@pytest.mark.parametrize(("is_next", "expected"), [(True, ["back", "new"]), (False, ["new", "back"])])
def test_who_comes_back_is_before_or_behind_those_of_its_lane_that_wait(is_next, expected):
    queue, order = FairQueue(slots=2, places=8), []
    assert queue.enter("club", seconds=0)
    assert queue.rest("club")
    assert queue.enter("club", seconds=0)

    def work(name, wait):
        assert wait()
        order.append(name)
        queue.leave("club")

    new = threading.Thread(target=work, args=("new", lambda: queue.enter("club", seconds=5)))
    back = threading.Thread(target=work, args=("back", lambda: queue.come_back("club", seconds=5, is_next=is_next)))
    for thread in (new, back):
        thread.start()
        time.sleep(0.05)
    queue.leave("club")
    for thread in (new, back):
        thread.join(5)

    assert order == expected


def test_who_finds_no_slot_to_come_back_to_gives_up():
    queue = FairQueue(slots=2, places=8)
    assert queue.enter("club", seconds=0)
    assert queue.rest("club")
    assert queue.enter("club", seconds=0)

    assert not queue.come_back("club", seconds=0.05)

    queue.leave("club")
    assert queue.enter("club", seconds=0)


def test_lanes_that_rest_leave_places_for_others():
    queue = FairQueue(slots=4, places=16)

    def rested(lane):
        count = 0
        while queue.enter(lane, seconds=0) and queue.rest(lane):
            count += 1
        queue.leave(lane)
        return count

    assert [rested(lane) for lane in "abcd"] == [8, 4, 2, 1]


@pytest.mark.slow
@pytest.mark.parametrize("must_go_on", [False, True])
def test_request_without_a_slot_to_come_back_to_gives_up_unless_it_must_go_on(must_go_on):
    rests, may_return, answers = threading.Event(), threading.Event(), []

    def application(environ, _start_response):
        if environ["REQUEST_METHOD"] == "PUT":
            with resting(environ, must_go_on=must_go_on):
                rests.set()
                may_return.wait(5)
        else:
            may_return.set()
            time.sleep(1.2)
        return DONE

    gate = admission(application, slots=2)

    def call():
        try:
            answers.append(gate(environ(method="PUT"), None))
        except Overloaded:
            answers.append(SHED)

    resting_call = threading.Thread(target=call)
    resting_call.start()
    rests.wait(5)
    gate(environ(), None)
    resting_call.join(5)

    assert answers == [DONE if must_go_on else SHED]
    assert gate(environ(), None) is DONE


def test_strangers_have_half_of_the_slots_in_one_lane():
    queue = FairQueue(slots=4, places=8)

    assert [queue.enter(STRANGERS, seconds=0) for _ in range(3)] == [True, True, False]
    assert [queue.enter("club", seconds=0) for _ in range(3)] == [True, True, False]


def test_stranger_who_is_known_now_works_in_its_own_lane():
    queue = FairQueue(slots=4, places=8)
    for _ in range(2):
        assert queue.enter(STRANGERS, seconds=0)

    queue.move(STRANGERS, to="club")

    assert queue.enter(STRANGERS, seconds=0)
    assert not queue.enter(STRANGERS, seconds=0)
    queue.leave("club")
    assert [queue.enter("club", seconds=0) for _ in range(3)] == [True, True, False]


def test_stranger_who_waits_works_once_another_is_known():
    queue, answers = FairQueue(slots=4, places=8), []
    for _ in range(2):
        assert queue.enter(STRANGERS, seconds=0)
    waiting = threading.Thread(target=lambda: answers.append(queue.enter(STRANGERS, seconds=10)))
    waiting.start()
    while not queue._waiting_count:
        time.sleep(0.001)

    queue.move(STRANGERS, to="club")
    waiting.join(5)

    assert answers == [True]
    assert [queue.enter("club", seconds=0) for _ in range(3)] == [True, False, False], "two slots of four are taken"
