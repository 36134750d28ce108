"""Lets as many requests work at once as the process can, a few wait for a short while, and turns the others away.

The server hands over each request as it arrives, with a thread of its own. Were there only as many threads as can work,
requests would wait where nobody can count them, and each would be answered long after its caller has given up.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

# Waiting requests of one process. At 300 answers a second the last of them has waited for two fifths of a second.
PLACES = 120
# Threads that are neither at work nor waiting, so that there is always one to turn a request away.
SPARE_THREADS = 16
# A read of Connected Content has 1.5 seconds in all, and the longer it waits, the less is left for what it reads.
READ_SECONDS = 0.5
PATIENCE_SECONDS = 1.0

# When the request came, in the seconds of `time.monotonic`.
_ARRIVED_AT = "selfservice.arrived_at"
# The queue in which the request has a slot, and its lane there.
_SLOT = "selfservice.slot"
# A probe must learn how things stand when they are bad.
_ALWAYS = ("/health/", "/metrics")
_DOORS = "/v1/programs/"
_READS = {"GET", "HEAD"}

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class FairQueue:
    """`slots` may work. Those who wait do so in lanes that are served in turn. No lane may work in all slots or wait at
    more than half of the places, so that many of one lane, or a few that get stuck, hold up no other."""

    def __init__(self, *, slots: int, places: int) -> None:
        self._lock = Lock()
        self._free, self._slots_of_lane = slots, max(1, slots - 1)
        self._places, self._places_of_lane = places, places // 2
        self._working: Counter[str] = Counter()
        self._waiting: dict[str, deque[Lock]] = {}
        self._resting: Counter[str] = Counter()
        # Those who wait and those who rest.
        self._count = 0

    def enter(self, lane: str, *, seconds: float) -> bool:
        """Whether a slot was got in time; it is kept until `leave`."""
        with self._lock:
            if self._took_slot(lane):
                return True
            if not self._has_place(lane):
                return False
            ticket = self._new_ticket()
            self._waiting.setdefault(lane, deque()).append(ticket)
        return ticket.acquire(timeout=seconds) or not self._gave_up(lane, ticket)

    def leave(self, lane: str) -> None:
        """Hands the slot on to the first of the lane whose turn it is."""
        with self._lock:
            self._hand_on(lane)

    def rest(self, lane: str) -> bool:
        """Gives the slot away until `come_back`, if there is a place to be at meanwhile; else it is kept."""
        with self._lock:
            if not self._has_place(lane):
                return False
            self._count += 1
            self._resting[lane] += 1
            self._hand_on(lane)
            return True

    def come_back(self, lane: str) -> None:
        """Waits for a slot for as long as it takes, before those of its lane that have had none yet."""
        with self._lock:
            self._count -= 1
            self._resting[lane] -= 1
            if not self._resting[lane]:
                del self._resting[lane]
            if self._took_slot(lane):
                return
            ticket = self._new_ticket()
            self._waiting.setdefault(lane, deque()).appendleft(ticket)
        ticket.acquire()

    def _took_slot(self, lane: str) -> bool:
        if not self._free or not self._may_work(lane):
            return False
        self._free -= 1
        self._working[lane] += 1
        return True

    def _has_place(self, lane: str) -> bool:
        of_lane = len(self._waiting.get(lane, ())) + self._resting[lane]
        return self._count < self._places and of_lane < self._places_of_lane

    def _new_ticket(self) -> Lock:
        self._count += 1
        ticket = Lock()
        ticket.acquire()
        return ticket

    def _hand_on(self, lane: str) -> None:
        self._working[lane] -= 1
        if not self._working[lane]:
            del self._working[lane]
        following = next(filter(self._may_work, self._waiting), None)
        if following is None:
            self._free += 1
            return
        self._working[following] += 1
        tickets = self._waiting.pop(following)
        ticket = tickets.popleft()
        if tickets:
            self._waiting[following] = tickets
        self._count -= 1
        ticket.release()

    def _may_work(self, lane: str) -> bool:
        return self._working[lane] < self._slots_of_lane

    def _gave_up(self, lane: str, ticket: Lock) -> bool:
        """False if the slot came at the last moment after all."""
        with self._lock:
            tickets = self._waiting.get(lane, deque())
            if ticket not in tickets:
                return False
            tickets.remove(ticket)
            if not tickets:
                del self._waiting[lane]
            self._count -= 1
            return True


class Admission:
    """Stands before the whole application. It is told which requests are in vain, and what to answer instead."""

    def __init__(
        self,
        application: Application,
        *,
        is_in_vain: Callable[[Environ], bool],
        turn_away: Application,
        slots: int,
        places: int = PLACES,
    ) -> None:
        self._application = application
        self._is_in_vain, self._turn_away = is_in_vain, turn_away
        self._queue = FairQueue(slots=slots, places=places)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(_ALWAYS):
            return self._application(environ, start_response)
        lane, environ[_ARRIVED_AT] = _lane(path), time.monotonic()
        if self._is_in_vain(environ) or not self._queue.enter(lane, seconds=_patience(environ, path)):
            return self._turn_away(environ, start_response)
        environ[_SLOT] = (self._queue, lane)
        try:
            return self._application(environ, start_response)
        finally:
            self._queue.leave(lane)


def with_admission(application: Application, *, slots: int) -> Application:
    """As the settings say; an application whose settings name nobody is let alone."""
    if not is_asked_for():
        return application
    is_in_vain, turn_away = import_string(settings.ADMISSION_IN_VAIN), import_string(settings.ADMISSION_TURN_AWAY)
    return Admission(application, is_in_vain=is_in_vain, turn_away=turn_away, slots=slots)


def seconds_waited(environ: Environ) -> float:
    """For how long the request has been here."""
    now = time.monotonic()
    return now - float(environ.get(_ARRIVED_AT, now))


@contextmanager
def resting(environ: Environ) -> Iterator[None]:
    """Inside, others may work in the request's slot: for who sleeps until somebody else is done."""
    queue, lane = environ.get(_SLOT, (None, ""))
    if queue is None or not queue.rest(lane):
        yield
        return
    try:
        yield
    finally:
        queue.come_back(lane)


def threads_for(slots: int) -> int:
    """How many threads the server needs so that nothing waits before it is counted."""
    return slots + PLACES + SPARE_THREADS if is_asked_for() else slots


def is_asked_for() -> bool:
    return bool(getattr(settings, "ADMISSION_TURN_AWAY", ""))


def _lane(path: str) -> str:
    """The program that a call is about; pages and tills share one."""
    return path[len(_DOORS) :].partition("/")[0] if path.startswith(_DOORS) else ""


def _patience(environ: Environ, path: str) -> float:
    is_read = path.startswith(_DOORS) and environ.get("REQUEST_METHOD") in _READS
    return READ_SECONDS if is_read else PATIENCE_SECONDS
