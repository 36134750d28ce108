"""One turn with one lane: what it knows, and what it has still to store."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.connections.models import Connection
from integrations.delivery.batching import Batch
from integrations.delivery.front import Front
from integrations.delivery.lanes import ClaimedLane, ConnectionChanged, NextRequest, begin_attempt
from integrations.delivery.persistence import persist
from integrations.delivery.settling import Request, Settlement
from integrations.delivery.splitting import Halving
from integrations.delivery.verdicts import judge
from integrations.spec import BulkWay


@dataclass(slots=True)
class Turn:
    """`wait_seconds` is set when the lane must wait before it goes on; `bulk` is None when all must go the usual way.

    `unstored` is how the last request ended, where that is stored as the next one begins: one wait for the disk less.
    Until then its attempt stands, so who takes over after a fault knows that its fate is unknown, as ever.
    """

    lane: ClaimedLane
    connection: Connection
    front: Front
    failures: int
    bulk: BulkWay | None
    halving: Halving = field(default_factory=Halving)
    wait_seconds: float = 0.0
    is_over: bool = False
    unstored: Settlement | None = None

    def begin(self, request: NextRequest) -> bool:
        """Whether the request may start, for which the connection must be as it was read. Raises LeaseLost."""
        unstored, self.unstored = self.unstored, None
        if unstored:
            return persist(lambda: unstored.store(request))
        try:
            begin_attempt(self.lane, request)
        except ConnectionChanged:
            return False
        return True

    def store_rest(self) -> None:
        """Raises LeaseLost."""
        unstored, self.unstored = self.unstored, None
        if unstored:
            persist(unstored.store)

    def keep(self, request: Request) -> None:
        """All of it was taken; goes on behind it, and stores that later."""
        self.unstored = self.settlement(request.batch, {}, request)
        self.front.settle(request.batch, self.unstored.verdicts, self.unstored.learned)

    def settlement(self, batch: Batch, refused: Mapping[int, str], request: Request | None) -> Settlement:
        """`refused` gives the reason for each record that was not taken; without a request nothing was sent."""
        verdicts = judge(batch, self.front.waiting, refused=refused, request_id=request.id if request else "")
        learned = self.front.learned(batch, refused=refused)
        logged = (request.call("; ".join(dict.fromkeys(refused.values()))), request.ended_at) if request else None
        return Settlement(self.lane, self.connection, verdicts, learned, logged)

    def is_smooth(self, batch: Batch) -> bool:
        """Whether the next request follows at once: nothing which may fail, or last, comes before it is begun."""
        connection = self.connection
        has_trouble = self.halving.is_active or connection.failures or connection.refusals or not connection.is_proven
        return not has_trouble and self.front.holds_behind(batch)
