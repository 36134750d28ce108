"""Hands due lanes to threads. Looks for itself every second, and at once when a hint comes."""

import heapq
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections

from integrations.delivery.claiming import LEFT_FOR_SECONDS, claim_due
from integrations.delivery.lanes import ClaimedLane, LeaseLost, has_waiting, release
from integrations.delivery.sending import drain_lane
from integrations.delivery.wakeups import wake

log = logging.getLogger(__name__)

# How long a look for due lanes may take: a statement gives up after 12 s.
LOOK_SECONDS = 20.0


class Dispatcher:
    """The sending half of a worker process: one thread that claims, DELIVERY_SLOTS threads that drain.

    The database alone says what is due, so a broker that is away, or two dispatchers at once, change nothing.
    """

    def __init__(self, *, program_id: int | None = None) -> None:
        self._program_id = program_id
        self._slots = settings.DELIVERY_SLOTS
        self._busy = 0
        self._dues: list[float] = []
        self._left: list[ClaimedLane] = []
        self._has_left = False
        self._lock = threading.Lock()
        self._looked_at = time.monotonic()
        self._hint = threading.Event()
        self._stopping = threading.Event()
        self._threads = ThreadPoolExecutor(self._slots, thread_name_prefix="lane")
        self._claimer = threading.Thread(target=self._claim_loop, name="claimer", daemon=True)

    def start(self) -> None:
        self._claimer.start()

    def nudge(self) -> None:
        """Something may be due: look now."""
        self._hint.set()

    def stop(self) -> None:
        """Claims nothing more and waits for the requests under way."""
        self._stopping.set()
        self._hint.set()
        if self._claimer.ident:
            self._claimer.join()
        self._threads.shutdown(wait=True)

    def is_looking(self) -> bool:
        """Whether the thread that claims goes its rounds; one that waits for a silent database gives up in time."""
        most = settings.DELIVERY_SWEEP_SECONDS + LOOK_SECONDS
        return self._claimer.is_alive() and time.monotonic() - self._looked_at < most

    def run_until_empty(self) -> None:
        """Drains in the calling process until nothing waits that may be sent."""
        self.start()
        while self._is_busy() or has_waiting(program_id=self._program_id):
            time.sleep(0.05)
        self.stop()

    def _is_busy(self) -> bool:
        with self._lock:
            return self._busy > 0

    def _claim_loop(self) -> None:
        while not self._stopping.is_set():
            self._hint.clear()
            self._looked_at = time.monotonic()
            if not self._claim_once():
                connections.close_all()
                self._hint.wait(self._pause(self._looked_at))
        connections.close_all()

    def _pause(self, looked_at: float) -> float:
        """Until the next look: a sweep at most, less when a lane that was given back here is due before, or when one
        was left to others who may not want it."""
        with self._lock:
            while self._dues and self._dues[0] <= looked_at:
                heapq.heappop(self._dues)
            due = self._dues[0] if self._dues else float("inf")
        most = LEFT_FOR_SECONDS if self._has_left else settings.DELIVERY_SWEEP_SECONDS
        return min(most, max(0.001, due - time.monotonic()))

    def _claim_once(self) -> bool:
        """Fills the free slots; gives whether it may be worth looking again at once."""
        with self._lock:
            busy = self._busy
        free = self._slots - busy
        if free == 0:
            return False
        try:
            self._release_left()
            claimed = claim_due(limit=free, busy=busy, program_id=self._program_id)
        except (DatabaseError, InterfaceError) as error:
            log.warning("cannot look for due lanes: %s", type(error).__name__)
            return False
        with self._lock:
            self._busy += len(claimed.lanes)
        for lane in claimed.lanes:
            self._threads.submit(self._drain, lane)
        self._has_left = claimed.left is not None
        if claimed.left is not None:
            wake([claimed.left])
        return len(claimed.lanes) == free

    def _release_left(self) -> None:
        """Lanes that were in hand when the database went: nobody has to wait for their leases to end."""
        with self._lock:
            left = tuple(self._left)
        if left:
            release(left)
            with self._lock:
                del self._left[: len(left)]

    def _drain(self, lane: ClaimedLane) -> None:
        wait = 0.0
        try:
            wait = drain_lane(lane)
        except LeaseLost:
            log.warning("lane %d was taken over", lane.id)
        except (OperationalError, InterfaceError) as error:
            log.warning("lane %d left, the database is away: %s", lane.id, type(error).__name__)
            with self._lock:
                self._left.append(lane)
        except Exception:  # the task boundary: the lease runs out, and the lane is claimed again
            log.exception("lane %d failed", lane.id)
        finally:
            connections.close_all()
            with self._lock:
                self._busy -= 1
                if 0 < wait < settings.DELIVERY_SWEEP_SECONDS:
                    heapq.heappush(self._dues, time.monotonic() + wait)
            self.nudge()
