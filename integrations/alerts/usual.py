"""What is usual for an hour of a weekday: the middle of the last four weeks, or of those that there were yet."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from statistics import median

from django.db import connection as database

from integrations.connections.models import Connection
from selfservice.ui.zones import known_zone

WEEKS = 4
_FIRST = """
SELECT asked.connection_id, min(found.hour)
FROM unnest(%(programs)s::bigint[], %(connections)s::bigint[]) AS asked(program_id, connection_id)
CROSS JOIN LATERAL (
  (SELECT hour FROM outcome_count AS counted
   WHERE counted.program_id = asked.program_id AND counted.connection_id = asked.connection_id ORDER BY hour LIMIT 1)
  UNION ALL
  (SELECT hour FROM outcome_delta AS counted
   WHERE counted.program_id = asked.program_id AND counted.connection_id = asked.connection_id ORDER BY hour LIMIT 1)
) AS found GROUP BY 1
"""


def first_hours(connections: Collection[Connection]) -> dict[int, datetime]:
    """When the first event of each was counted, by the connection's id; those without any are left out. One
    statement."""
    asked = {"programs": [each.program_id for each in connections], "connections": [each.pk for each in connections]}
    with database.cursor() as cursor:
        cursor.execute(_FIRST, asked)
        return dict(cursor.fetchall())


def usual_at(hour: datetime, *, zone: str, first: datetime | None, came: Callable[[int, datetime], int]) -> float:
    """`came` are the events so many weeks ago, in that hour. Weeks before the `first` event tell nothing, and
    without any week nothing is usual."""
    weeks = [(week, same_hour(hour, weeks=week, zone=zone)) for week in range(1, WEEKS + 1)]
    known = [came(week, at) for week, at in weeks if first is not None and at >= first]
    return median(known) if known else 0


def same_hour(hour: datetime, *, weeks: int, zone: str) -> datetime:
    """The hour of the same weekday by the clock of that place, so many weeks ago; as counted, in whole hours UTC."""
    local = hour.astimezone(known_zone(zone)) - timedelta(weeks=weeks)
    return local.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
