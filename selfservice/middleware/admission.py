"""Lets as many requests work at once as the process can, a few wait for a short while, and turns the others away.

The server hands over each request as it arrives, with a thread of its own. Were there only as many threads as can work,
requests would wait where nobody can count them, and each would be answered long after its caller has given up.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

# Waiting requests of one process, and as many that rest. At 300 answers a second the last of them has waited for two
# fifths of a second.
PLACES = 120
# Threads that are neither at work nor waiting, so that there is always one to turn a request away.
SPARE_THREADS = 16
# A read of Connected Content has 1.5 seconds in all, and the longer it waits, the less is left for what it reads.
READ_SECONDS = 0.5
PATIENCE_SECONDS = 1.0
# Who comes back waits at least so long, however long it has waited before.
COME_BACK_SECONDS = 0.1

# When the request came, in the seconds of `time.monotonic`.
_ARRIVED_AT = "selfservice.arrived_at"
# The request's place at work.
_STAY = "selfservice.stay"
# A probe must learn how things stand when they are bad.
_ALWAYS = ("/health/", "/metrics")
# Where programs are called by others, as `DOORS` + the program's code.
DOORS = "/v1/programs/"
# The lane of all who have not shown lately that they are who they say; narrower than any other.
STRANGERS = "?"
_READS = {"GET", "HEAD"}

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Overloaded(Exception):
    """There is neither a place to rest at nor a slot to come back to in time."""


class FairQueue:
    """`slots` may work. Those who wait do so in lanes that are served in turn. No lane may work in all slots or wait at
    more than half of the places, so that many of one lane, or a few that get stuck, hold up no other. As many again may
    rest, no lane at more places than it leaves free, so that there are some left however many lanes are stuck."""

    def __init__(self, *, slots: int, places: int) -> None:
        self._lock = Lock()
        self._free, self._slots_of_lane, self._slots_of_strangers = slots, max(1, slots - 1), max(1, slots // 2)
        self._places, self._places_of_lane = places, places // 2
        self._working: Counter[str] = Counter()
        self._waiting: dict[str, deque[Lock]] = {}
        self._waiting_count = 0
        self._resting: Counter[str] = Counter()

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
            if self._resting[lane] >= self._places - self._resting.total():
                return False
            self._resting[lane] += 1
            self._hand_on(lane)
            return True

    def come_back(self, lane: str, *, seconds: float, is_next: bool = False) -> bool:
        """Whether a slot was got in time. Who `is_next` has it before those of the lane that have had none yet."""
        with self._lock:
            self._resting[lane] -= 1
            if not self._resting[lane]:
                del self._resting[lane]
            if self._took_slot(lane):
                return True
            ticket = self._new_ticket()
            tickets = self._waiting.setdefault(lane, deque())
            if is_next:
                tickets.appendleft(ticket)
            else:
                tickets.append(ticket)
        return ticket.acquire(timeout=seconds) or not self._gave_up(lane, ticket)

    def move(self, lane: str, *, to: str) -> None:
        """Who works in one lane does so in another from now on, also when that has its slots already. What that leaves
        to the first lane is for those who wait in it: no other would hand it on to them."""
        with self._lock:
            self._working[to] += 1
            self._working[lane] -= 1
            if not self._working[lane]:
                del self._working[lane]
            while self._free and self._let_work():
                self._free -= 1

    def _took_slot(self, lane: str) -> bool:
        if not self._free or not self._may_work(lane):
            return False
        self._free -= 1
        self._working[lane] += 1
        return True

    def _has_place(self, lane: str) -> bool:
        of_lane = len(self._waiting.get(lane, ()))
        return self._waiting_count < self._places and of_lane < self._places_of_lane

    def _new_ticket(self) -> Lock:
        self._waiting_count += 1
        ticket = Lock()
        ticket.acquire()
        return ticket

    def _hand_on(self, lane: str) -> None:
        self._working[lane] -= 1
        if not self._working[lane]:
            del self._working[lane]
        if not self._let_work():
            self._free += 1

    def _let_work(self) -> bool:
        """Whether somebody waited who may work, and does so now."""
        following = next(filter(self._may_work, self._waiting), None)
        if following is None:
            return False
        self._working[following] += 1
        tickets = self._waiting.pop(following)
        ticket = tickets.popleft()
        if tickets:
            self._waiting[following] = tickets
        self._waiting_count -= 1
        ticket.release()
        return True

    def _may_work(self, lane: str) -> bool:
        return self._working[lane] < (self._slots_of_strangers if lane == STRANGERS else self._slots_of_lane)

    def _gave_up(self, lane: str, ticket: Lock) -> bool:
        """False if the slot came at the last moment after all."""
        with self._lock:
            tickets = self._waiting.get(lane, deque())
            if ticket not in tickets:
                return False
            tickets.remove(ticket)
            if not tickets:
                del self._waiting[lane]
            self._waiting_count -= 1
            return True


@dataclass(slots=True)
class _Stay:
    """A request that was let in, and for how long it may still wait for slots in all."""

    queue: FairQueue
    lane: str
    patience: float
    has_slot: bool = True


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
        lane_of: Callable[[Environ], str] | None = None,
    ) -> None:
        self._application = application
        self._is_in_vain, self._turn_away = is_in_vain, turn_away
        self._lane_of = lane_of or program_code_in
        self._queue = FairQueue(slots=slots, places=places)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(_ALWAYS):
            return self._application(environ, start_response)
        lane, environ[_ARRIVED_AT] = self._lane_of(environ), time.monotonic()
        patience = _patience(environ, path)
        if self._is_in_vain(environ) or not self._queue.enter(lane, seconds=patience):
            return self._turn_away(environ, start_response)
        stay = environ[_STAY] = _Stay(self._queue, lane, patience - seconds_waited(environ))
        try:
            return self._application(environ, start_response)
        finally:
            if stay.has_slot:
                self._queue.leave(stay.lane)


def with_admission(application: Application, *, slots: int) -> Application:
    """As the settings say; an application whose settings name nobody is let alone."""
    if not is_asked_for():
        return application
    is_in_vain, turn_away = import_string(settings.ADMISSION_IN_VAIN), import_string(settings.ADMISSION_TURN_AWAY)
    lane_of = import_string(settings.ADMISSION_LANE)
    return Admission(application, is_in_vain=is_in_vain, turn_away=turn_away, slots=slots, lane_of=lane_of)


def seconds_waited(environ: Environ) -> float:
    """For how long the request has been here."""
    now = time.monotonic()
    return now - float(environ.get(_ARRIVED_AT, now))


@contextmanager
def resting(environ: Environ, *, is_next: bool = False, must_go_on: bool = False) -> Iterator[None]:
    """Inside, others may work in the request's slot: for who sleeps until somebody else is done.

    Who `is_next` comes back before those of its lane that were not let in yet; who `must_go_on` does so after a while
    without a slot too. Raises Overloaded, before or after what is done inside.
    """
    stay: _Stay | None = environ.get(_STAY)
    if stay is None or not stay.has_slot:
        yield
        return
    if not stay.queue.rest(stay.lane):
        raise Overloaded
    stay.has_slot = False
    try:
        yield
    finally:
        began = time.monotonic()
        stay.has_slot = stay.queue.come_back(stay.lane, seconds=max(COME_BACK_SECONDS, stay.patience), is_next=is_next)
        stay.patience -= time.monotonic() - began
    if not (stay.has_slot or must_go_on):
        raise Overloaded


def join_lane(environ: Environ, lane: str) -> None:
    """For who was let in as a stranger and turns out to be none."""
    stay: _Stay | None = environ.get(_STAY)
    if stay is not None and stay.has_slot and stay.lane != lane:
        stay.queue.move(stay.lane, to=lane)
        stay.lane = lane


def threads_for(slots: int) -> int:
    """How many threads the server needs so that nothing waits before it is counted."""
    return slots + 2 * PLACES + SPARE_THREADS if is_asked_for() else slots


def is_asked_for() -> bool:
    return bool(getattr(settings, "ADMISSION_TURN_AWAY", ""))


def program_code_in(environ: Environ) -> str:
    """The program that a call says it is about; pages and tills name none here."""
    path = str(environ.get("PATH_INFO", ""))
    return path[len(DOORS) :].partition("/")[0] if path.startswith(DOORS) else ""


def _patience(environ: Environ, path: str) -> float:
    is_read = path.startswith(DOORS) and environ.get("REQUEST_METHOD") in _READS
    return READ_SECONDS if is_read else PATIENCE_SECONDS
