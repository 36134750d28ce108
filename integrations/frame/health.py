"""Whether a connection sends, and whether what it sends is taken: what ended within a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.connections.models import Connection
from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import State
from integrations.delivery.unattended import unattended_since
from integrations.statistics import reading
from integrations.statistics.reading import Outcome, Period

LATELY = timedelta(hours=24)
# From one failed event in so many on, something is wrong with more than single values.
ONE_IN = 100


@dataclass(frozen=True, slots=True)
class Lately:
    """Events that were delivered within LATELY, and that failed then and have not been sent again since. Those that
    nobody sends, because no worker is running, wait since `unattended_since`."""

    delivered: int = 0
    failed: int = 0
    unattended_since: datetime | None = None

    @property
    def is_ailing(self) -> bool:
        return self.failed > 0 and self.failed * ONE_IN >= self.delivered + self.failed


def lately_of(*, connection: Connection, now: datetime) -> Lately:
    """Read from counts; the hour that has begun counts along. They hold endings, those of events that were sent again
    among them, so that no more are said to have failed than are failed now."""
    found = reading.outcomes(
        program=connection.program,
        period=Period(now - LATELY, now + timedelta(hours=1)),
        by=[Outcome.STATE],
        only={Outcome.CONNECTION: connection.pk},
    )
    counts = {figure.by[0]: figure.count for figure in found}
    failed = counts.get(State.DEAD, 0)
    if failed:
        failed = min(failed, connection_tally(connection=connection).dead)
    unattended = unattended_since(program_ids=[connection.program_id]).get(connection.pk)
    return Lately(counts.get(State.DELIVERED, 0), failed, unattended)
