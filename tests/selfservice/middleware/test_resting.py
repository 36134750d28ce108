"""A request that waits for somebody else lends its slot, and comes back for one."""

import threading
import time

import pytest

from selfservice.middleware.admission import FairQueue, Overloaded, resting
from tests.selfservice.middleware.gate import DONE, SHED, admission, environ


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
