"""Calls without a name that are alike and under way at the same time: none has an answer yet, so they are one act.

This is what one process knows of them by itself. Across processes the row of the call tells, see `turns`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integrations.inbound.identity import CallIdentity
from integrations.inbound.turns import Busy, Given

# However many calls follow closely on each other, an answer is given again for no longer than a repeat may wait.
_LONGEST_SECONDS = 10.0
_MOST_FLIGHTS = 10_000

_lock = threading.Lock()
_flights: OrderedDict[tuple[int, bytes], "Flight"] = OrderedDict()


@dataclass(slots=True)
class Flight:
    """Those who are under way together, the answer that one of them got, and when the last of them was done."""

    aboard: int = 0
    is_led: bool = False
    given: Given | None = None
    given_at: float = 0.0
    ended_at: float = 0.0

    @contextmanager
    def lead(self) -> Iterator[None]:
        """One at a time may try to act. Raises Busy for the others."""
        with _lock:
            if self.is_led:
                raise Busy(None)
            self.is_led = True
        try:
            yield
        finally:
            with _lock:
                self.is_led = False

    def land(self, given: Given) -> None:
        """All others get this answer."""
        with _lock:
            self.given, self.given_at = given, time.monotonic()

    def takes(self, arrived_at: float) -> bool:
        """Whether a call that arrived then has met one that had no answer yet."""
        is_fresh = self.given is None or arrived_at - self.given_at < _LONGEST_SECONDS
        return is_fresh and (self.aboard > 0 or arrived_at <= self.ended_at)


@contextmanager
def aboard(identity: CallIdentity, *, seconds_here: float) -> Iterator[Flight]:
    """The flight of a call that arrived so long ago; a new one where all that were alike were done before that."""
    flight = _enter((identity.program_id, identity.key), time.monotonic() - seconds_here)
    try:
        yield flight
    finally:
        with _lock:
            flight.aboard -= 1
            flight.ended_at = time.monotonic()


def _enter(key: tuple[int, bytes], arrived_at: float) -> Flight:
    with _lock:
        flight = _flights.pop(key, None)
        if flight is None or not flight.takes(arrived_at):
            flight = Flight()
        flight.aboard += 1
        _flights[key] = flight
        while len(_flights) > _MOST_FLIGHTS:
            _flights.popitem(last=False)
        return flight
