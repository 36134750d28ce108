"""A breaker: after a few failures in a row, a thing is left alone for a while but for single tries."""

import threading
import time


class Breaker:
    """Shared by the threads of a process."""

    def __init__(self, *, failures: int, rest_seconds: float) -> None:
        self._limit = failures
        self._rest_seconds = rest_seconds
        self._guard = threading.Lock()
        self._failures = 0
        self._next_try_at = 0.0

    @property
    def has_failed(self) -> bool:
        """Whether the last attempt did."""
        return self._failures > 0

    @property
    def is_open(self) -> bool:
        return self._failures >= self._limit

    def allows(self) -> bool:
        """Whether to go ahead. While it is open, one caller in `rest_seconds` is let through to try."""
        if not self.is_open:
            return True
        with self._guard:
            now = time.monotonic()
            if now < self._next_try_at:
                return False
            self._next_try_at = now + self._rest_seconds
            return True

    def note_success(self) -> None:
        # Without the lock where there is nothing to change, which is nearly always.
        if self._failures:
            with self._guard:
                self._failures = 0

    def note_failure(self) -> None:
        with self._guard:
            self._failures += 1
            self._next_try_at = time.monotonic() + self._rest_seconds
