"""A bulkhead: a few calls at a time, in threads apart, and nobody waits for one longer than agreed.

A thread that waits for another system cannot be interrupted: not while it resolves a name, above all. So the work is
done in a thread of its own, and whoever asked for it walks away when the time is up. The slot is free again only when
the work has really ended, which bounds how many threads one slow system can hold.
"""

import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from selfservice.guards.breaker import Breaker

Result = TypeVar("Result")

# While slots are given back this often there is one soon; else whoever waited for one would wait in vain.
PATIENCE_SECONDS = 0.2
# For all bulkheads of a process; a thread is started when it is needed, and kept with its open connections.
MAX_THREADS = 128
_threads = ThreadPoolExecutor(max_workers=MAX_THREADS, thread_name_prefix="bulkhead")


class NotDone(Exception):
    """The work was not begun, because nothing good is to be expected of it, or its time was up.

    `timed_out` tells the second from the first.
    """

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__("not done")
        self.timed_out = timed_out


class Bulkhead:
    """`failures` are the exceptions that speak against the other system; those and time-outs count for the breaker.
    `answers` are those that it has answered with, which speak for it as any result does; but not those among them that
    are `unasked`, having never reached it."""

    def __init__(
        self,
        *,
        slots: int,
        breaker: Breaker,
        failures: tuple[type[Exception], ...],
        answers: tuple[type[Exception], ...] = (),
        unasked: tuple[type[Exception], ...] = (),
    ) -> None:
        self._breaker = breaker
        self._failures, self._answers, self._unasked = failures, answers, unasked
        self._free = slots
        self._changed = threading.Condition()
        self._changed_at = 0.0

    def run(self, work: Callable[[], Result], *, seconds: float, is_fair: bool = True) -> Result:
        """The result of `work`, or what it raises. Raises NotDone after so many seconds at the latest.

        When they are fewer than the other system could be expected to need, no failure counts against it.
        """
        ends_at = time.monotonic() + seconds
        if not self._breaker.allows() or not self._take(seconds):
            raise NotDone(timed_out=False)
        is_awaited = threading.Event()
        is_awaited.set()
        try:
            future = _threads.submit(contextvars.copy_context().run, self._do, work, is_awaited, is_fair)
        except RuntimeError:
            # The process is ending.
            self._give_back()
            raise NotDone(timed_out=False) from None
        wait([future], timeout=max(0.0, ends_at - time.monotonic()))
        if future.done():
            return future.result()
        is_awaited.clear()
        if future.cancel():
            self._give_back()
        if is_fair:
            self._breaker.note_failure()
        raise NotDone(timed_out=True)

    def _do(self, work: Callable[[], Result], is_awaited: threading.Event, is_fair: bool) -> Result:
        """What comes after its time has counted as a failure already, and is no success either."""
        try:
            result = work()
        except self._unasked:
            raise
        except self._failures:
            if is_awaited.is_set() and is_fair:
                self._breaker.note_failure()
            raise
        except self._answers:
            if is_awaited.is_set():
                self._breaker.note_success()
            raise
        else:
            if is_awaited.is_set():
                self._breaker.note_success()
            return result
        finally:
            self._give_back()

    def _take(self, seconds: float) -> bool:
        with self._changed:
            still = self._changed_at + PATIENCE_SECONDS - time.monotonic()
            patience = 0.0 if self._breaker.has_failed else max(0.0, min(still, seconds))
            if not self._changed.wait_for(lambda: self._free > 0, timeout=patience):
                return False
            self._free -= 1
            self._changed_at = time.monotonic()
            return True

    def _give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._changed_at = time.monotonic()
            self._changed.notify()
