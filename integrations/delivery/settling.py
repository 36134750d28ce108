"""A request that is over, and how its units ended, ready to be stored."""

from dataclasses import dataclass
from datetime import datetime

from integrations.calls.models import Direction
from integrations.calls.recording import Call
from integrations.connections.models import Connection
from integrations.delivery.batching import Batch
from integrations.delivery.lanes import ClaimedLane, NextRequest
from integrations.delivery.outcomes import Learned, store_verdicts
from integrations.delivery.verdicts import Verdicts
from integrations.spec import Answer


@dataclass(frozen=True, slots=True)
class Request:
    """With all that the call log keeps of it."""

    connection: Connection
    batch: Batch
    answer: Answer
    id: str
    started_at: datetime
    ended_at: datetime

    def call(self, reason: str) -> Call:
        return Call(
            program_id=self.connection.program_id,
            kind=self.connection.kind,
            direction=Direction.OUT,
            method="POST",
            path=self.answer.path,
            endpoint=self.answer.path.strip("/"),
            status=self.answer.status,
            started_at=self.started_at,
            request_id=self.id,
            units=len(self.batch.shares),
            error=reason,
            request_body=self.answer.request_body,
            response_body=self.answer.response_body,
        )


@dataclass(frozen=True, slots=True)
class Settlement:
    """`logged` is the call with the moment at which it had ended."""

    lane: ClaimedLane
    connection: Connection
    verdicts: Verdicts
    learned: Learned
    logged: tuple[Call, datetime] | None

    def store(self, following: NextRequest | None = None) -> bool:
        """Whether the request that is `following` may start. Raises LeaseLost, and then nothing is stored."""
        call, ended_at = self.logged or (None, None)
        return store_verdicts(
            self.lane, self.connection, self.verdicts, self.learned, call, ended_at=ended_at, following=following
        )
