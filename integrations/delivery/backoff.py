"""How long to wait after a failure. Pure."""

from datetime import timedelta

LONGEST_STATED_WAIT = timedelta(hours=1)


def backoff_seconds(*, failures: int, base: float, longest: float, chance: float) -> float:
    """Exponential with full jitter: anything from 0 to base × 2^failures, at most `longest`. `chance` is in [0, 1)."""
    return chance * min(longest, base * 2.0 ** min(failures, 30))


def stated_wait(wait: timedelta) -> timedelta:
    """The wait that the other side asked for, within reason: an absurd one must not park a connection for days."""
    return min(max(wait, timedelta(0)), LONGEST_STATED_WAIT)
