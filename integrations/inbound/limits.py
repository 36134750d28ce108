"""How many calls a program and a key may make, and how many answers of ours may make Braze give up on a host.

Without Redis everybody is let in, and each process counts for itself what Braze counts.
"""

import time
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.utils.crypto import salted_hmac

from integrations.keys.models import ApiKey
from selfservice.counters.store import Store
from selfservice.counters.windows import Counted, LocalWindow, Taken, Windows

# Braze stops calling a host name for a minute after more than 3,000 of these in a moving minute.
# https://www.braze.com/docs/user_guide/message_building_by_channel/webhooks/creating_a_webhook/
BREAKER_STATUSES = frozenset({408, 429, 502, 503, 504, 529})
BREAKER_LIMIT = 2_500
BREAKER_SECONDS = 60
# While Redis is away: a fifth, since other processes answer too.
BREAKER_LIMIT_ALONE = 500
# A second; no stretch of 19 slots sees more calls than the limit says.
SLOT_SECONDS = 0.05
SLOTS = 20
_REMEMBERED = 10_000


class _Limits:
    def __init__(self, url: str) -> None:
        store = Store(url, lacking="no limits for calls, and no shared count of Braze's host breaker,")
        self.calls = Windows(store, slot_seconds=SLOT_SECONDS, slots=SLOTS)
        # A slot more than a minute has, so that every minute is covered in full.
        self.breaker = Windows(store, slot_seconds=1.0, slots=BREAKER_SECONDS + 1)
        self.breaker_alone = LocalWindow(limit=BREAKER_LIMIT_ALONE, seconds=BREAKER_SECONDS + 1)


_limits: dict[str, _Limits] = {}
_lock = Lock()
# Until when a key has nothing left; by a hash that means nothing outside this process.
_closed: dict[int, float] = {}
# Since when a key is known to be valid for a program, named in the same way. Nobody is let in for it.
_valid: dict[int, float] = {}
VALID_SECONDS = 600.0


def take_call(*, key: ApiKey) -> Taken:
    """One call of this key and its program. Asks Redis once at most, and most times nobody."""
    program = key.program
    return _current().calls.take(
        Counted(_name("program", program.pk, program.created_at), round(settings.PROGRAM_CALLS_PER_SECOND)),
        Counted(_name("key", key.pk, key.created_at), round(settings.KEY_CALLS_PER_SECOND)),
    )


def may_answer(*, status: int, host: str) -> bool:
    """Whether an answer with this status leaves Braze's host breaker alone; it is counted then."""
    if status not in BREAKER_STATUSES:
        return True
    limits = _current()
    taken = limits.breaker.take(Counted(_name("host", host.lower()), BREAKER_LIMIT))
    return taken.is_granted if taken.is_known else limits.breaker_alone.take()


def close(*, raw_key: str, program_code: str, seconds: float) -> None:
    """Remembers that this key gets nothing for so long, so that its calls can be turned away unread."""
    if len(_closed) >= _REMEMBERED:
        _closed.clear()
    _closed[hash((raw_key, program_code))] = time.monotonic() + seconds


def is_closed(*, raw_key: str, program_code: str) -> bool:
    ends_at = _closed.get(hash((raw_key, program_code)))
    return ends_at is not None and time.monotonic() < ends_at


def note_valid(*, raw_key: str, program_code: str) -> None:
    if len(_valid) >= _REMEMBERED:
        _valid.clear()
    _valid[hash((raw_key, program_code))] = time.monotonic()


def note_refused(*, raw_key: str, program_code: str) -> None:
    _valid.pop(hash((raw_key, program_code)), None)


def was_valid(*, raw_key: str, program_code: str) -> bool:
    """Whether the key was accepted for the program lately, by this process."""
    known_at = _valid.get(hash((raw_key, program_code)))
    return known_at is not None and time.monotonic() < known_at + VALID_SECONDS


def _current() -> _Limits:
    url = settings.REDIS_URL
    found = _limits.get(url)
    if found is None:
        with _lock:
            found = _limits.setdefault(url, _Limits(url))
    return found


@lru_cache(maxsize=10_000)
def _name(*parts: object) -> str:
    """Tells nothing of who is counted. Moments tell two installations apart that share a Redis and a secret."""
    return "limit:" + salted_hmac("integrations.inbound.limits", repr(parts)).hexdigest()[:32]
