"""At most so many in any stretch of time, counted by all processes together.

Redis counts by short slots, and a process takes a handful at once: as many as it used lately, for a tenth of a second.
So most takings ask nobody, and what is left over is given back with the next question. What has been taken counts as
used, so the processes together never exceed the limit; at worst a few of it lie idle for as long as a lease lasts.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from selfservice.counters.store import Store

LEASE_SECONDS = 0.1
# A twentieth of the limit at once, so that the processes can share what there is.
LEASES_PER_LIMIT = 20
LARGEST_LEASE = 100
_REMEMBERED = 10_000

# The clock is Redis' own, so that all hosts share one. The answer: how many were granted, in which slot, and for how
# many milliseconds there will be none.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slot_ms, slots, wish = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local unused, unused_slot = tonumber(ARGV[4]), tonumber(ARGV[5])
local slot = math.floor(now / slot_ms)
local oldest = slot - slots + 1
local granted = wish
for place, key in ipairs(KEYS) do
  if unused > 0 and unused_slot >= oldest and redis.call('HEXISTS', key, ARGV[5]) == 1 then
    redis.call('HINCRBY', key, ARGV[5], -unused)
  end
  local counts, used, gone = redis.call('HGETALL', key), 0, {}
  for i = 1, #counts, 2 do
    if tonumber(counts[i]) < oldest then gone[#gone + 1] = counts[i] else used = used + tonumber(counts[i + 1]) end
  end
  if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
  granted = math.min(granted, tonumber(ARGV[5 + place]) - used)
end
if granted < 1 then return {0, slot, (slot + 1) * slot_ms - now} end
for _, key in ipairs(KEYS) do
  redis.call('HINCRBY', key, string.format('%.0f', slot), granted)
  redis.call('PEXPIRE', key, (slots + 1) * slot_ms)
end
return {granted, slot, 0}
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: a name that tells nothing to whoever looks into Redis, and how many there may be."""

    name: str
    limit: int


@dataclass(frozen=True, slots=True)
class Taken:
    """`is_known` is False while Redis is away; then everything is granted."""

    is_granted: bool
    wait_seconds: float = 0.0
    is_known: bool = True


@dataclass(slots=True)
class _Lease:
    lock: Lock = field(default_factory=Lock)
    left: int = 0
    size: int = 0
    slot: int = 0
    ends_at: float = 0.0
    closed_until: float = 0.0

    def next_wish(self, *, at_most: int) -> int:
        """Twice as many as last time when those did not last, else as many as were used."""
        used = self.size - self.left
        return max(1, min(at_most, used if self.left else 2 * used))


_OPEN = Taken(is_granted=True)
_UNKNOWN = Taken(is_granted=True, is_known=False)


class Windows:
    """Sliding windows of `slots` slots; any stretch that is a slot shorter than that sees the limit at most."""

    def __init__(self, store: Store, *, slot_seconds: float, slots: int) -> None:
        self._store = store
        self._script = store.script(_TAKE)
        self._slot_ms, self._slots = round(slot_seconds * 1000), slots
        self._leases: dict[tuple[str, ...], _Lease] = {}
        self._lock = Lock()

    def take(self, *counted: Counted) -> Taken:
        """Takes one of all of these, or of none."""
        lease = self._lease(tuple(each.name for each in counted))
        with lease.lock:
            now = time.monotonic()
            if now < lease.closed_until:
                return Taken(is_granted=False, wait_seconds=lease.closed_until - now)
            if lease.left and now < lease.ends_at:
                lease.left -= 1
                return _OPEN
            return self._renewed(lease, counted)

    def _renewed(self, lease: _Lease, counted: Sequence[Counted]) -> Taken:
        largest = max(1, min(LARGEST_LEASE, min(each.limit for each in counted) // LEASES_PER_LIMIT))
        arguments = [self._slot_ms, self._slots, lease.next_wish(at_most=largest), lease.left, lease.slot]
        limits = [each.limit for each in counted]
        found = self._store.asked(
            lambda: self._script(keys=[each.name for each in counted], args=[*arguments, *limits])
        )
        now = time.monotonic()
        lease.left = lease.size = 0
        if found is None:
            return _UNKNOWN
        granted, lease.slot, closed_ms = (int(number) for number in found)
        if not granted:
            lease.closed_until = now + closed_ms / 1000
            return Taken(is_granted=False, wait_seconds=closed_ms / 1000)
        lease.size, lease.left, lease.ends_at = granted, granted - 1, now + LEASE_SECONDS
        return _OPEN

    def _lease(self, names: tuple[str, ...]) -> _Lease:
        lease = self._leases.get(names)
        if lease is None:
            with self._lock:
                if len(self._leases) >= _REMEMBERED:
                    self._leases.clear()
                lease = self._leases.setdefault(names, _Lease())
        return lease


@dataclass(slots=True)
class LocalWindow:
    """The same for one process alone, by whole seconds."""

    limit: int
    seconds: int
    _counts: dict[int, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self) -> bool:
        with self._lock:
            second = math.floor(time.monotonic())
            self._counts = {at: count for at, count in self._counts.items() if at > second - self.seconds}
            if sum(self._counts.values()) >= self.limit:
                return False
            self._counts[second] = self._counts.get(second, 0) + 1
            return True
