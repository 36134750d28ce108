"""The second way of a resync: many members' attributes in one request, for as long as the other side takes it.

Of one lane's members only, and under that lane's lease, so that no event of theirs can pass them or be passed.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from integrations.connections import services as connections
from integrations.connections.models import Connection
from integrations.delivery import pace
from integrations.delivery.backoff import stated_wait
from integrations.spec import BulkWay, Delivered, Outcome, Rejected, Retry, Stopped

WAY = "bulk"
# Of a resync; events of the same lane wait for as long as it takes to read their states.
MARKERS_PER_LANE = 500
# After an answer that promises nothing better and forbids nothing.
REST = timedelta(minutes=1)


def way_of(connection: Connection, config: Any) -> BulkWay | None:
    """None without one, or while it rests. `config` is the connection's, loaded."""
    return None if connection.rests_bulk(timezone.now()) else connection.spec.bulk(config)


def is_free(connection: Connection) -> bool:
    """Whether a request may go this way now, as far as other workers have heard and the limit allows."""
    now = Connection.objects.only("bulk_refusal", "bulk_rests_until").get(pk=connection.pk)
    return not now.rests_bulk(timezone.now()) and not pace.take(connection=connection, way=WAY)


def note_refusal(connection: Connection, outcome: Outcome) -> str:
    """Lets the way rest after anything but a success, and gives the reason. It never stops or parks the connection."""
    match outcome:
        case Stopped(reason=reason):
            wait = None
        case Retry(reason=reason, after=after):
            wait = REST if after is None else stated_wait(after)
        case Rejected(reason=reason):
            wait = REST
        case Delivered():
            return ""
    connections.rest_bulk(connection=connection, reason=reason, wait=wait)
    return reason
