"""How long to wait after a failure. Pure."""

from datetime import timedelta

LONGEST_STATED_WAIT = timedelta(hours=1)
# With 3 s between them: what is over within half a minute is noticed at once.
EARLY_PROBES = 10


def backoff_seconds(*, failures: int, base: float, longest: float, chance: float) -> float:
    """Exponential with full jitter: anything from 0 to base × 2^failures, at most `longest`. `chance` is in [0, 1)."""
    return chance * min(longest, base * 2.0 ** min(failures, 30))


def rest_seconds(*, probes: int, base: float, longest: float, chance: float) -> float:
    """Between two probes of a broken connection: `base` for the first ones, then as in backoff_seconds, but no less.
    `probes` is how many have failed."""
    late = max(0, probes - EARLY_PROBES)
    return max(base, backoff_seconds(failures=late, base=base, longest=longest, chance=chance)) if late else base


def stated_wait(wait: timedelta) -> timedelta:
    """The wait that the other side asked for, within reason: an absurd one must not park a connection for days."""
    return min(max(wait, timedelta(0)), LONGEST_STATED_WAIT)
