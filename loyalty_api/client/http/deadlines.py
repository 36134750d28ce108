"""A call's time budget, shared by everything that the call does."""

import time
from dataclasses import dataclass

from loyalty_api.contract import PlatformUnavailable

# With less than this left there is no point in asking.
_LEAST_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Deadline:
    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds. Raises PlatformUnavailable when the time is up."""
        seconds = self.at - time.monotonic()
        if seconds < _LEAST_SECONDS:
            raise too_slow()
        return seconds

    def allows(self, seconds: float) -> bool:
        return self.at - time.monotonic() > seconds + _LEAST_SECONDS


def too_slow() -> PlatformUnavailable:
    return PlatformUnavailable("The loyalty platform did not answer in time.", timed_out=True)
