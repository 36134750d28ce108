"""What a Braze contract allows, and the rate-limit headers of its dialect.

https://www.braze.com/docs/api/api_limits/ and https://www.braze.com/docs/api/endpoints/user_data/post_user_track/
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

BURST_REQUESTS = 3_000
BURST_SECONDS = 3
HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Plan:
    """With `hourly` the new dialect holds: an hourly limit of the whole company, in other headers."""

    name: str
    most_in_total: int | None = 75
    most_in_each: int | None = None
    hourly: bool = False
    limit: int = BURST_REQUESTS

    def refuses(self, counts: Mapping[str, int]) -> bool:
        """Whether a request with so many objects in its arrays is too large."""
        if self.most_in_total is not None and sum(counts.values()) > self.most_in_total:
            return True
        return self.most_in_each is not None and max(counts.values(), default=0) > self.most_in_each


PLANS = {
    plan.name: plan
    for plan in (
        Plan("standard"),
        Plan("legacy", most_in_total=None, most_in_each=75),
        Plan("mau", hourly=True, limit=1_000_000),
        Plan("tight", most_in_total=5),
    )
}


class Window:
    """Counts requests in windows that start on the clock, not with the first request."""

    def __init__(self, *, limit: int, seconds: int) -> None:
        self.limit = limit
        self._seconds = seconds
        self._used: dict[str, tuple[int, int]] = {}

    def take(self, scope: str, now: float) -> bool:
        used = self.limit - self.remaining(scope, now)
        if used >= self.limit:
            return False
        self._used[scope] = (int(now // self._seconds), used + 1)
        return True

    def remaining(self, scope: str, now: float) -> int:
        index, used = self._used.get(scope, (0, 0))
        return self.limit - used if index == int(now // self._seconds) else self.limit

    def ends_at(self, now: float) -> int:
        return (int(now // self._seconds) + 1) * self._seconds


class RateMeter:
    def __init__(self, plan: Plan) -> None:
        self._hourly = plan.hourly
        self._window = Window(limit=plan.limit, seconds=HOUR_SECONDS if plan.hourly else BURST_SECONDS)
        self._burst = Window(limit=BURST_REQUESTS, seconds=BURST_SECONDS)

    def admit(self, key: str, now: float) -> bool:
        if not self._hourly:
            return self._window.take(key, now)
        return self._burst.remaining("", now) > 0 and self._window.take("", now) and self._burst.take("", now)

    def headers(self, key: str, now: float, status: int) -> dict[str, str]:
        remaining = self._window.remaining("" if self._hourly else key, now)
        if self._hourly and status == 429:
            window = self._window if remaining <= 0 else self._burst
            return {"X-Ratelimit-Retry-After": str(_seconds_left(window, now))}
        reset = _seconds_left(self._window, now) if self._hourly else self._window.ends_at(now)
        return {
            "X-RateLimit-Limit": str(self._window.limit),
            "X-RateLimit-Remaining": str(0 if status == 429 else remaining),
            "X-RateLimit-Reset": str(reset),
        }


def _seconds_left(window: Window, now: float) -> int:
    return max(1, math.ceil(window.ends_at(now) - now))
