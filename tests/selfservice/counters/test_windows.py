import threading
import time
import uuid

import pytest
from django.conf import settings

from selfservice.counters.store import Store
from selfservice.counters.windows import Counted, LocalWindow, Windows
from selfservice.processes.ports import free_port


def windows(url=None, *, slot_seconds=0.05, slots=20):
    return Windows(Store(url or settings.REDIS_URL, lacking="no count"), slot_seconds=slot_seconds, slots=slots)


def counted(limit, name=None):
    return Counted(f"test:{name or uuid.uuid4().hex}", limit)


def granted(window, *names, times):
    return sum(window.take(*names).is_granted for _ in range(times))


def test_no_more_than_the_limit_is_granted():
    assert granted(windows(), counted(50), times=300) == 50


def test_processes_share_one_count():
    name, processes = counted(60), [windows() for _ in range(4)]

    found = sum(granted(process, name, times=1) for _ in range(100) for process in processes)

    # What a process has taken and not used counts as used: a lease of each at most.
    assert 60 - 4 * 3 <= found <= 60


def test_both_limits_hold_and_one_taking_of_both_is_all_or_nothing():
    window, program = windows(), counted(30)
    keys = [counted(20), counted(20)]

    first = granted(window, program, keys[0], times=60)
    second = granted(window, program, keys[1], times=60)

    assert (first, first + second) == (20, 30)


def test_names_do_not_share():
    window, one, other = windows(), counted(10), counted(10)

    assert (granted(window, one, times=50), granted(window, other, times=50)) == (10, 10)


@pytest.mark.slow
def test_limit_holds_for_any_second_and_is_available_again_after_it():
    window, name, moments = windows(), counted(40), []
    end = time.monotonic() + 2.6

    while (now := time.monotonic()) < end:
        if window.take(name).is_granted:
            moments.append(now)
        time.sleep(0.001)

    busiest = max(sum(at <= each < at + 0.94 for each in moments) for at in moments)
    assert busiest <= 40
    assert len(moments) >= 80


@pytest.mark.slow
def test_steady_calls_at_the_limit_are_all_granted():
    window, name, refused = windows(), counted(100), 0

    for _ in range(150):
        refused += not window.take(name).is_granted
        time.sleep(0.0101)

    assert refused == 0


@pytest.mark.slow
def test_threads_together_take_no_more():
    window, name, found = windows(), counted(100), []
    threads = [threading.Thread(target=lambda: found.append(granted(window, name, times=100))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 100 <= sum(found) <= 200
    assert granted(windows(), name, times=5) <= 5


def test_refusal_says_when_to_ask_again_and_asks_nobody_until_then():
    window, name = windows(slot_seconds=5.0, slots=2), counted(1)
    window.take(name)

    first, second = window.take(name), window.take(name)

    assert not first.is_granted
    assert 0 < second.wait_seconds <= first.wait_seconds <= 5


def test_without_redis_everything_is_granted_without_delay_and_said_once(caplog):
    window = windows(f"redis://127.0.0.1:{free_port('127.0.0.1', preferred=6990)}/0")
    begun = time.monotonic()

    taken = [window.take(counted(1, "away")) for _ in range(500)]

    assert all(each.is_granted and not each.is_known for each in taken)
    assert time.monotonic() - begun < 0.5
    assert [record.message for record in caplog.records] == ["no count while Redis is away: ConnectionError"]


def test_local_window_counts_by_itself():
    window = LocalWindow(limit=3, seconds=60)

    assert [window.take() for _ in range(5)] == [True, True, True, False, False]
