"""A token bucket per connection, shared by all workers through Redis and fed by what the other side says of its limit.

As long as much of the limit is left nobody is held up. When little is left, it is spread over the time until the limit
starts anew. Without Redis nobody is held up either: the other side's own refusals govern then.

While there is plenty, a process asks for a moment on trust: it counts what it grants, and tells the bucket when it asks
next.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from zlib import crc32

from django.conf import settings

from integrations.connections.models import Connection
from integrations.spec import Pace
from selfservice.counters.store import Store

# Below this share of the limit what remains is spread over the time left.
SPREAD_BELOW = 0.2
LONGEST_WAIT_SECONDS = 3_600.0
# What was heard last is kept for the pages after it has stopped to count.
KEPT_SECONDS = 3_600
# What a process grants on trust, at most; TRUSTED_LEFT of the limit must be left beyond what is spread, so that many
# processes may.
TRUSTED_REQUESTS = 16
TRUSTED_SECONDS = 0.1
TRUSTED_LEFT = 500
KEPT_TRUSTS = 1_000
_PLENTY = -1

# The clock is Redis' own, so that all hosts share one. `left` counts down with each request and is corrected by what
# the other side says: the lower of the two, since that one does not know yet of the requests under way.
_NOTE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local limit, remaining, reset_at = tonumber(ARGV[1]), tonumber(ARGV[2]), now + tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'left', 'reset_at')
local left, known_reset = tonumber(known[1]), tonumber(known[2])
if known_reset and known_reset > now then
  if reset_at < known_reset - 1.5 then return 0 end
  if reset_at < known_reset + 1.5 then
    remaining = math.min(remaining, left)
    reset_at = known_reset
  end
end
redis.call('HSET', KEYS[1], 'limit', limit, 'left', remaining,
  'reset_at', string.format('%.6f', reset_at), 'heard_at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], math.ceil(reset_at - now) + tonumber(ARGV[4]))
return 1
"""
# The wait in milliseconds; 0 grants a request, and so does -1, which means that there is plenty. Up to a tenth of a
# second's worth may go out at once.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local known = redis.call('HMGET', KEYS[1], 'limit', 'left', 'reset_at', 'tokens', 'at')
local limit, left, reset_at = tonumber(known[1]), tonumber(known[2]), tonumber(known[3])
if not reset_at or now >= reset_at then return -1 end
local untold = tonumber(ARGV[2])
if untold > 0 then left = redis.call('HINCRBY', KEYS[1], 'left', -untold) end
local spread = limit * tonumber(ARGV[1])
if left > spread then
  redis.call('HINCRBY', KEYS[1], 'left', -1)
  return left > spread + tonumber(ARGV[3]) and -1 or 0
end
if left < 1 then return math.ceil((reset_at - now) * 1000) end
local rate = left / (reset_at - now)
local most = math.max(1, rate * 0.1)
local tokens = math.min(most, (tonumber(known[4]) or 1) + math.max(0, now - (tonumber(known[5]) or now)) * rate)
local wait = 0
if tokens >= 1 then
  tokens = tokens - 1
  redis.call('HINCRBY', KEYS[1], 'left', -1)
else
  wait = math.ceil((1 - tokens) / rate * 1000)
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
return wait
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a connection's other side said of its limit last. The moments are in epoch seconds, by Redis' clock."""

    limit: int
    remaining: int
    resets_at: float
    heard_at: float


@dataclass(slots=True)
class _Trust:
    """What a process may still grant by itself, until a moment of the monotonic clock, and what it has granted. Until
    `noted_until` it need not be told again that there is plenty."""

    left: int = 0
    until: float = 0.0
    granted: int = 0
    noted_until: float = 0.0


class _Bucket:
    def __init__(self, url: str) -> None:
        self._store = Store(url, lacking="no shared rate limit")
        self._note = self._store.script(_NOTE)
        self._take = self._store.script(_TAKE)
        self._trusts: dict[str, _Trust] = {}
        self._lock = Lock()

    def note(self, key: str, said: Pace) -> None:
        now = time.monotonic()
        is_plenty = said.remaining > said.limit * SPREAD_BELOW + TRUSTED_LEFT
        with self._lock:
            trust = self._trust(key)
            if is_plenty and now < trust.noted_until:
                return
            trust.noted_until = now + TRUSTED_SECONDS if is_plenty else 0.0
            trust.left = trust.left if is_plenty else 0
        self._store.asked(
            lambda: self._note(keys=[key], args=[said.limit, said.remaining, said.reset_in, KEPT_SECONDS])
        )

    def take(self, key: str) -> int:
        with self._lock:
            trust = self._trust(key)
            if trust.left and time.monotonic() < trust.until:
                trust.left -= 1
                trust.granted += 1
                return 0
            untold, trust.granted, trust.left = trust.granted, 0, 0
        wait = self._store.asked(lambda: self._take(keys=[key], args=[SPREAD_BELOW, untold, TRUSTED_LEFT]))
        if wait == _PLENTY:
            trust.until, trust.left = time.monotonic() + TRUSTED_SECONDS, TRUSTED_REQUESTS
        return max(0, int(wait or 0))

    def _trust(self, key: str) -> _Trust:
        if len(self._trusts) > KEPT_TRUSTS:
            self._trusts.clear()
        return self._trusts.setdefault(key, _Trust())

    def heard(self, keys: Sequence[str]) -> list[dict[str, str]]:
        pipeline = self._store.pipeline()
        for key in keys:
            pipeline.hgetall(key)
        return self._store.asked(pipeline.execute) or []


_buckets: dict[str, _Bucket] = {}
_lock = Lock()


def note(*, connection: Connection, said: Pace, way: str = "") -> None:
    """Keeps what an answer said. Raises nothing when Redis is away. A second `way` has a limit of its own."""
    _bucket().note(_key(connection, way), said)


def take(*, connection: Connection, way: str = "") -> float:
    """Asks for one request: 0 grants it, anything else is how many seconds to wait before asking again."""
    return min(_bucket().take(_key(connection, way)) / 1000, LONGEST_WAIT_SECONDS)


def heard(*, connection: Connection) -> Heard | None:
    """What was said last, None when nothing was said for long or Redis is away."""
    return heard_of(connections=[connection]).get(connection.pk)


def heard_of(*, connections: Sequence[Connection]) -> dict[int, Heard]:
    """The same of many at once, by the connection's id; without those of which nothing is known."""
    found = _bucket().heard([_key(connection) for connection in connections])
    return {
        connection.pk: Heard(int(row["limit"]), int(row["left"]), float(row["reset_at"]), float(row["heard_at"]))
        for connection, row in zip(connections, found, strict=False)
        if "limit" in row
    }


def _bucket() -> _Bucket:
    url = settings.REDIS_URL
    with _lock:
        if url not in _buckets:
            _buckets[url] = _Bucket(url)
        return _buckets[url]


def _key(connection: Connection, way: str = "") -> str:
    """A limit belongs to a key and the place where it is used; whatever else is saved leaves it as it is. The moment
    tells two installations apart that share a Redis."""
    addresses = [str(connection.config.get(name)) for name in sorted(connection.spec.address_fields)]
    keys = [f"{name} {value}" for name, value in sorted(connection.secret_fingerprints.items())]
    limited = crc32("\n".join([*addresses, *keys]).encode())
    return f"pace:{connection.pk}:{limited:08x}:{connection.created_at.timestamp():.6f}{way and f':{way}'}"
