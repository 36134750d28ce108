"""How long a repeat waits for the first, and how many of a process's threads may."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from integrations.inbound.errors import DoorError

WAIT_SECONDS = 10.0
# All repeats of a call that is done sooner than that wait for it; of one that takes longer only a few, since each holds
# a thread that others need.
QUICK_SECONDS = 2.0
LONG_WAITERS = 2
RETRY_AFTER_SECONDS = 2
_FIRST_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.2
_MOST_KEYS = 10_000
_FORGET_SECONDS = 5.0

_lock = threading.Lock()
_waiting = 0
_busy: OrderedDict[bytes, "_Seen"] = OrderedDict()


@dataclass(slots=True)
class _Seen:
    """Since when a call is known to be busy, and when it was last found so."""

    since: float
    last: float


class Patience:
    """One repeat's waiting; used as a context, at whose end the place among those who wait long is free again."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._ends_at = time.monotonic() + WAIT_SECONDS
        self._pause = _FIRST_PAUSE_SECONDS
        self._has_place = False

    def __enter__(self) -> "Patience":
        return self

    def __exit__(self, *_error: object) -> None:
        global _waiting
        with _lock:
            if self._has_place:
                _waiting -= 1

    def pause(self) -> None:
        """Raises DoorError (503) when there is no waiting any longer."""
        if time.monotonic() + self._pause > self._ends_at or not self._may_wait():
            raise DoorError(
                503,
                "still_running",
                "The first call with this key has no answer yet. Please repeat this one in a moment.",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        time.sleep(self._pause)
        self._pause = min(self._pause * 1.5, _LONGEST_PAUSE_SECONDS)

    def _may_wait(self) -> bool:
        global _waiting
        now = time.monotonic()
        with _lock:
            if now - _seen(self._key, now).since < QUICK_SECONDS or self._has_place:
                return True
            if _waiting >= LONG_WAITERS:
                return False
            _waiting += 1
            self._has_place = True
            return True


def _seen(key: bytes, now: float) -> _Seen:
    """A call that nobody has found busy for a while is another one by now."""
    found = _busy.pop(key, None)
    if found is None or now - found.last > _FORGET_SECONDS:
        found = _Seen(since=now, last=now)
    found.last = now
    _busy[key] = found
    while len(_busy) > _MOST_KEYS:
        _busy.popitem(last=False)
    return found
