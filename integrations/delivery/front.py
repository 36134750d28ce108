"""The units at the front of a lane, read and mapped for one configuration of its connection."""

import logging
import time
from collections.abc import Container, Sequence
from itertools import takewhile

import msgspec

from integrations.connections.models import Connection
from integrations.delivery import last_sent
from integrations.delivery.batching import Batch, MappedUnit, Unmappable, cut
from integrations.delivery.deltas import Known
from integrations.delivery.event_form import ERASED
from integrations.delivery.lanes import ClaimedLane, WaitingUnit
from integrations.delivery.outcomes import Learned
from integrations.delivery.reading import read_next
from integrations.delivery.snapshots import States, map_state
from integrations.delivery.verdicts import Verdicts
from integrations.spec import Filtered, Limits, Mapped, Mapper
from loyalty_api.contract import LoyaltyEvent

log = logging.getLogger(__name__)

# Units that are read at once; what a request leaves over is mapped already when the next one is cut.
READ_UNITS = 300
# For reading the states of members in one go, well within the lease; what is left is read for the next request.
MARKER_SECONDS = 3.0


class Front:
    """Cuts one request after the other from a lane; good for one turn with one configuration."""

    def __init__(self, lane: ClaimedLane, connection: Connection) -> None:
        spec, self.config = connection.spec, connection.load_config()
        self.waiting: dict[int, WaitingUnit] = {}
        self._lane = lane
        self._connection = connection
        self._limits = spec.limits(self.config)
        self._mapper = spec.mapper(self.config)
        self._states = States(connection.program)
        self._target = spec.target(self.config)
        self._units: list[MappedUnit] = []
        self._known: dict[str, Known] = {}
        self._last_read = 0
        self._is_all_read = False
        self._usual = self._limits.objects

    @property
    def holds_request(self) -> bool:
        """Whether enough is read and mapped for one more request like the last one."""
        return len(self._units) >= self._usual

    def holds_behind(self, batch: Batch) -> bool:
        """Whether one more request like the batch is read and mapped, and begins with an event."""
        behind = len(batch.shares)
        return len(self._units) >= 2 * behind and not self._units[behind].tells_all

    def cut(self, *, senders: int | None) -> Batch:
        """The next request, of at most so many units that have a share in it. No units: nothing waits."""
        if not self._units:
            self._read()
        if not self._units:
            return Batch((), (), ())
        batch = self._cut(senders)
        # A request that has room left is cut anew with what comes behind, if anything does.
        if len(batch.shares) == len(self._units) < self._limits.objects and not self._is_all_read and self._read():
            batch = self._cut(senders)
        self._usual = len(batch.shares)
        return batch

    def _cut(self, senders: int | None) -> Batch:
        return cut(self._units, self._limits, known=self._known, mapper=self._mapper, senders=senders)

    def cut_markers(self, limits: Limits) -> Batch | None:
        """The next request of a resync's markers alone, if more of them stand in a row than a usual request takes."""
        end = time.monotonic() + MARKER_SECONDS
        while len(self._units) < limits.objects and all(unit.tells_all for unit in self._units):
            if not self._read() or time.monotonic() > end:
                break
        row = list(takewhile(lambda unit: unit.tells_all, self._units))
        if sum(isinstance(unit.result, Mapped) for unit in row) <= self._limits.objects:
            return None
        return cut(row, limits, known=self._known, mapper=self._mapper)

    def learned(self, batch: Batch, *, refused: Container[int]) -> Learned:
        """What the profiles of a request know after it, but for its refused records."""
        return Learned(self._target, batch.confirmed(self._known, refused=refused))

    def settle(self, batch: Batch, verdicts: Verdicts, learned: Learned) -> None:
        """The request has been taken and stored: goes on behind it."""
        left = {each.unit.sequence: each.parts for each in verdicts.unfinished}
        rest = [share.unit for share in batch.shares if share.unit.sequence in left]
        self._units[: len(batch.shares)] = [msgspec.structs.replace(u, parts=left[u.sequence]) for u in rest]
        for each in verdicts.unfinished:
            unit = each.unit
            self.waiting[unit.sequence] = msgspec.structs.replace(unit, parts=each.parts, refused=each.refused)
        for ending in verdicts.endings:
            del self.waiting[ending.unit.sequence]
        self._known.update(learned.known)

    def _read(self) -> bool:
        found = read_next(self._lane, limit=READ_UNITS, after=self._last_read)
        mapped = self._map_all(found)
        # What comes in from now on may wait until all that is read here has gone out.
        self._is_all_read = len(found) < READ_UNITS and len(mapped) == len(found)
        if not mapped:
            return False
        self._last_read = mapped[-1].sequence
        self.waiting |= {unit.sequence: unit for unit in found[: len(mapped)]}
        self._units += mapped
        profiles = {
            unit.result.profile for unit in mapped if isinstance(unit.result, Mapped) and unit.result.attributes
        }
        self._known |= last_sent.load(
            connection_id=self._connection.pk, target=self._target, profiles=profiles - self._known.keys()
        )
        return True

    def _map_all(self, found: list[WaitingUnit]) -> list[MappedUnit]:
        """As many from the front as the time for reading members' states allows; one at least."""
        mapped: list[MappedUnit] = []
        end = time.monotonic() + MARKER_SECONDS
        for unit in found:
            if unit.is_marker and mapped and time.monotonic() > end:
                break
            mapped.append(self._mapped(unit))
        return mapped

    def _mapped(self, unit: WaitingUnit) -> MappedUnit:
        # Not within the guard: a database that is away is no fault of the mapping.
        state = self._states.read(unit.event.account_id) if unit.is_marker else None
        if isinstance(state, Filtered):
            result: Mapped | Filtered | Unmappable = state
        else:
            result = map_guarded(self._mapper, unit.event, state=state, kind=self._connection.kind)
        return MappedUnit(unit.sequence, unit.stored_event_id, result, unit.parts, tells_all=unit.is_marker)


def map_guarded(
    mapper: Mapper, event: LoyaltyEvent, *, kind: str, state: Sequence[LoyaltyEvent] | None = None
) -> Mapped | Filtered | Unmappable:
    """What an event becomes or, of a marker, a member's state."""
    if event.data == ERASED:
        return Filtered("erased")
    try:
        return mapper.map_event(event) if state is None else map_state(mapper, state)
    except Exception:  # a fault in a mapping ends one event, which can be replayed, and not the lane behind it
        log.exception("mapping failed kind=%s event=%s", kind, event.event_id or "resync")
        return Unmappable("mapping_failed")
