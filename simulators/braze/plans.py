"""What a Braze contract allows, and the rate-limit headers of its dialect.

https://www.braze.com/docs/api/api_limits/ and https://www.braze.com/docs/api/endpoints/user_data/post_user_track/
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

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


class Meter(Protocol):
    """Lets requests in or not, and says in headers what is left."""

    def admit(self, key: str, now: float) -> bool: ...

    def headers(self, key: str, now: float, status: int) -> dict[str, str]: ...


class RateMeter:
    """That of a plan, for `/users/track`."""

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
        return _classic(self._window.limit, 0 if status == 429 else remaining, reset)


class PoolMeter:
    """That of the endpoints with a limit of their own, always in the classic dialect."""

    def __init__(self, *, limit: int, seconds: int) -> None:
        self._window = Window(limit=limit, seconds=seconds)

    def admit(self, key: str, now: float) -> bool:
        return self._window.take(key, now)

    def headers(self, key: str, now: float, status: int) -> dict[str, str]:
        remaining = 0 if status == 429 else self._window.remaining(key, now)
        return _classic(self._window.limit, remaining, self._window.ends_at(now))


# https://www.braze.com/docs/api/api_limits/ : requests and seconds; endpoints that share a limit share its name.
POOLS = {
    "bulk": (50, 1),
    "sync": (500, 60),
    "identity": (20_000, 60),
    "export": (250, 60),
    "subscription": (5_000, 60),
    "events": (1_000, HOUR_SECONDS),
    "default": (250_000, HOUR_SECONDS),
}


def pool_meters() -> dict[str, Meter]:
    return {name: PoolMeter(limit=limit, seconds=seconds) for name, (limit, seconds) in POOLS.items()}


def _classic(limit: int, remaining: int, reset: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(reset),
    }


def _seconds_left(window: Window, now: float) -> int:
    return max(1, math.ceil(window.ends_at(now) - now))
