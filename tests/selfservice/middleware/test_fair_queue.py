"""Slots go to the lanes in turn; strangers share one lane until they are known."""

import threading
import time

from selfservice.middleware.admission import STRANGERS, FairQueue


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


def test_who_gave_up_leaves_no_place_taken():
    queue = FairQueue(slots=1, places=2)
    queue.enter("a", seconds=0)

    assert [queue.enter("a", seconds=0.01) for _ in range(5)] == [False] * 5
    queue.leave("a")
    assert queue.enter("b", seconds=0)


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
