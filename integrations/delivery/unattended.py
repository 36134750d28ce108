"""Tells of connections whose events wait because nobody sends them: no worker is running."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection as database

from selfservice.watch.heartbeats import MISSING_AFTER_SECONDS, WORKER, running

# The first unit of each lane is the one that has waited longest there. A lane that somebody has in hand is attended to:
# `manage.py deliver` sends without being a worker.
_WAITING = """
SELECT lane.connection_id, min(first.since) FROM lane CROSS JOIN LATERAL (
  SELECT since FROM delivery
  WHERE delivery.lane_id = lane.id AND delivery.sequence >= lane.low_water AND delivery.account_id = ''
  ORDER BY delivery.sequence LIMIT 1) AS first
WHERE lane.program_id = ANY(%(programs)s) AND lane.connection_id IS NOT NULL GROUP BY 1
HAVING min(first.since) < now() - %(seconds)s * interval '1 second'
  AND NOT COALESCE(bool_or(lane.lease_until > now()), false)
"""


def unattended_since(*, program_ids: Collection[int]) -> dict[int, datetime]:
    """Since when the oldest event waits, by the connection's id; of none while a worker is seen. Whether the connection
    may send at all is not asked."""
    if not program_ids or running().get(WORKER):
        return {}
    with database.cursor() as cursor:
        cursor.execute(_WAITING, {"programs": list(program_ids), "seconds": MISSING_AFTER_SECONDS})
        return dict(cursor.fetchall())
