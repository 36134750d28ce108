"""Braze's rate-limit answers in both dialects. Pure.

https://www.braze.com/docs/api/api_limits and https://www.braze.com/docs/api/endpoints/user_data/post_user_track
"""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime

from integrations.braze.config import BrazeConfig
from integrations.braze.mapping.values import MAX_OBJECT_BYTES
from integrations.spec import Limits, Pace

# Braze takes 4 MB; the rest is for the frame around the objects.
MAX_BODY_BYTES = 4_000_000 - 10_000
# https://www.braze.com/docs/api/endpoints/user_data/post_user_track_bulk: 2 MB, 1,000 objects, 100 of one profile. The
# last cannot be reached: a profile's attributes are one object.
MAX_BULK_BODY_BYTES = 2_000_000 - 10_000
BULK_OBJECTS = 1_000
# Larger numbers in X-RateLimit-Reset are moments (classic plans), smaller ones seconds left (newer plans).
EPOCH_FROM = 1_000_000_000
# Both sides' clocks, and the time that an answer takes.
CLOCKS_AGREE_SECONDS = 15.0
# Braze's longest window is the hour. What is far beyond it, or far more than anybody is granted, is no limit.
_LONGEST_WINDOW_SECONDS = 2 * 3_600
_HIGHEST_LIMIT = 1_000_000_000


def limits(config: BrazeConfig) -> Limits:
    """What one request takes depends on the customer's contract with Braze."""
    return Limits(
        objects=config.objects_per_request,
        body_bytes=MAX_BODY_BYTES,
        object_bytes=MAX_OBJECT_BYTES,
        is_per_array=config.is_per_array,
    )


def bulk_limits() -> Limits:
    return Limits(objects=BULK_OBJECTS, body_bytes=MAX_BULK_BODY_BYTES, object_bytes=MAX_OBJECT_BYTES)


def their_now(headers: Mapping[str, str], *, ours: float) -> float:
    """The moment of an answer in epoch seconds: by Braze's clock, which tells moments, where ours is far from it."""
    theirs = _seconds(headers.get("date", ""), 0.0)
    return theirs if theirs and abs(theirs - ours) > CLOCKS_AGREE_SECONDS else ours


def stated_wait(headers: Mapping[str, str], *, now: float) -> timedelta | None:
    """The wait that a 429 asks for, None when it names none that makes sense. `now` in epoch seconds.

    No wait at all makes no sense either: the request would be repeated, and refused, as fast as the network allows.
    """
    return _first_wait(headers, ("x-ratelimit-retry-after", "retry-after", "x-ratelimit-reset"), now=now)


def failure_wait(headers: Mapping[str, str], *, now: float) -> timedelta | None:
    """The same of a 5xx, of which the state of the rate limit says nothing."""
    return _first_wait(headers, ("retry-after",), now=now)


def _first_wait(headers: Mapping[str, str], names: tuple[str, ...], *, now: float) -> timedelta | None:
    for name in names:
        seconds = _seconds(headers.get(name, ""), now)
        if seconds is not None and seconds > 0:
            return timedelta(seconds=min(seconds, 86_400.0))
    return None


def pace(headers: Mapping[str, str], *, now: float) -> Pace | None:
    """What an answer says of the rate limit, None unless all of it makes sense. `now` in epoch seconds."""
    limit, remaining = (_count(headers.get(f"x-ratelimit-{name}", "")) for name in ("limit", "remaining"))
    reset_in = _seconds(headers.get("x-ratelimit-reset", ""), now)
    if not limit or remaining is None or reset_in is None:
        return None
    if limit > _HIGHEST_LIMIT or remaining > limit or not 0 < reset_in <= _LONGEST_WINDOW_SECONDS:
        return None
    return Pace(limit, remaining, reset_in)


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 12 else None


def _seconds(text: str, now: float) -> float | None:
    text = text.strip()
    if text.isdecimal() and len(text) <= 12:
        number = float(text)
        return number - now if number > EPOCH_FROM else number
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (TypeError, ValueError, IndexError):
        return None
