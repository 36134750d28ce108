"""For how long the oldest event of a connection has been waiting."""

from datetime import datetime

from django.db import connection as database

from integrations.connections.models import Connection

# The front of each lane, of which there are sixteen in an epoch.
_OLDEST = """
SELECT min(front.accepted_at) FROM lane CROSS JOIN LATERAL (
  SELECT event.accepted_at
    FROM delivery unit JOIN loyalty_event event ON event.id = unit.event_id AND event.day = unit.day
   WHERE lane.accepted > lane.delivered + lane.dead + lane.filtered
     AND unit.lane_id = lane.id AND unit.sequence >= lane.low_water
   ORDER BY unit.sequence LIMIT 1) front
 WHERE lane.connection_id = %(connection)s
"""


def oldest_accepted_at(*, connection: Connection) -> datetime | None:
    """When the event was accepted that has waited longest; nothing when none waits."""
    with database.cursor() as cursor:
        cursor.execute(_OLDEST, {"connection": connection.pk})
        found: datetime | None = cursor.fetchone()[0]
    return found
