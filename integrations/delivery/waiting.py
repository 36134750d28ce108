"""Reads what waits in the lanes of a connection, oldest first and page by page, and why it waits."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database

from integrations.connections.models import Connection

# Of each lane as many as a page holds: whatever comes first over all lanes is among them.
_HEADS = """
SELECT d.lane_id, d.sequence, d.since, d.is_maybe_twice, e.type, e.event_id, e.account_id, e.occurred_at,
       lane.due_at, lane.failures, lane.lease_until > now()
FROM lane CROSS JOIN LATERAL (
  SELECT * FROM delivery WHERE delivery.lane_id = lane.id AND delivery.account_id = ''
    AND delivery.sequence > GREATEST(lane.low_water - 1, COALESCE((%(passed)s::jsonb ->> lane.id::text)::bigint, 0))
  ORDER BY sequence LIMIT %(limit)s) d
JOIN loyalty_event e ON e.id = d.event_id AND e.day = d.day
WHERE lane.connection_id = %(connection)s ORDER BY d.lane_id, d.sequence
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One unit. Its lane is tried again at `due_at` after `failures`, or `is_in_hand` right now."""

    lane_id: int
    sequence: int
    since: datetime
    is_maybe_twice: bool
    type: str
    event_id: str
    account_id: str
    occurred_at: datetime
    due_at: datetime | None
    failures: int
    is_in_hand: bool | None


def waiting(*, connection: Connection, passed: Mapping[int, int], limit: int) -> list[Waiting]:
    """`passed` is the sequence up to which each lane has been read. Each lane keeps its order; among the lanes the one
    whose next unit has waited longest comes first."""
    text = "{" + ",".join(f'"{int(lane)}":{int(sequence)}' for lane, sequence in passed.items()) + "}"
    with database.cursor() as cursor:
        cursor.execute(_HEADS, {"connection": connection.pk, "passed": text, "limit": limit})
        lanes: dict[int, list[Waiting]] = {}
        for row in cursor.fetchall():
            lanes.setdefault(row[0], []).append(Waiting(*row))
    return list(heapq.merge(*lanes.values(), key=lambda unit: unit.since))[:limit]
