import time

from selfservice.guards.breaker import Breaker


def test_breaker_opens_after_so_many_failures_in_a_row():
    breaker = Breaker(failures=2, rest_seconds=60)

    breaker.note_failure()
    breaker.note_success()
    breaker.note_failure()
    assert breaker.allows()
    assert breaker.has_failed

    breaker.note_failure()
    assert not breaker.allows()


def test_open_breaker_lets_one_caller_try_after_its_rest():
    breaker = Breaker(failures=1, rest_seconds=0.05)
    breaker.note_failure()

    time.sleep(0.06)
    assert [breaker.allows() for _ in range(3)] == [True, False, False]

    breaker.note_success()
    assert [breaker.allows() for _ in range(3)] == [True] * 3
