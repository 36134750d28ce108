"""Moves what waits in the lanes of an earlier epoch into those of today, in the order of acceptance.

An earlier epoch named the profiles in another way, so what concerns one profile of today may wait in several of its
lanes. Nothing of a connection is sent before all of it has been moved. What is committed to an earlier epoch later
still, by somebody who had read the connection before it was saved, goes behind what waits by then.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import F

from integrations.connections.models import Connection
from integrations.delivery import fates, lanes, resyncs
from integrations.delivery.intake import lane_number, make_lanes
from integrations.delivery.lanes import EVENT_FIELDS, ClaimedLane
from integrations.delivery.models import ROOM_FOR_EARLIER, Lane

CHUNK = 500

_Row = tuple[Any, ...]
"""What `_WAITING` gives: the unit's number, lane and sequence, then the event."""

# As many of each lane as a chunk holds: whatever comes first over all lanes is among them.
_WAITING = f"""
SELECT d.event_id, d.lane_id, d.sequence, e.data::text, {", ".join(f"e.{n}" for n in EVENT_FIELDS)}
FROM lane CROSS JOIN LATERAL (
  SELECT * FROM delivery WHERE lane_id = lane.id AND sequence >= lane.low_water ORDER BY sequence LIMIT %s) d
JOIN loyalty_event e ON e.id = d.event_id AND e.day = d.day
WHERE lane.connection_id = %s AND lane.epoch < %s ORDER BY d.lane_id, d.sequence
"""  # noqa: S608 - the names are constants
# In front of what the lane of today has got meanwhile, unless somebody may have sent of that already: whoever reads a
# lane never looks back.
_MOVE = """
WITH place AS (SELECT * FROM unnest(%(froms)s::bigint[], %(sequences)s::bigint[], %(tos)s::bigint[]) WITH ORDINALITY
               AS p(lane_id, sequence, to_lane, place)),
front AS (SELECT to_lane, CASE WHEN lane.fence > 0 THEN lane.next_sequence - 1 ELSE
            COALESCE((SELECT max(d.sequence) FROM delivery d
                      WHERE d.lane_id = to_lane AND d.sequence < %(room)s), 0) END AS taken
          FROM (SELECT DISTINCT to_lane FROM place) each JOIN lane ON lane.id = to_lane),
target AS (SELECT place.lane_id, place.sequence, to_lane,
                  taken + row_number() OVER (PARTITION BY to_lane ORDER BY place) AS new_sequence
           FROM place JOIN front USING (to_lane))
UPDATE delivery SET lane_id = place.to_lane, sequence = place.new_sequence
FROM target AS place
WHERE delivery.lane_id = place.lane_id AND delivery.sequence = place.sequence
"""
_COUNT = """
UPDATE lane SET accepted = accepted + units, low_water = GREATEST(low_water, behind),
  next_sequence = next_sequence + CASE WHEN fence > 0 THEN GREATEST(units, 0) ELSE 0 END,
  due_at = CASE WHEN accepted + units + markers > delivered + dead + filtered THEN COALESCE(due_at, now()) END
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS moved(lane_id, units, behind)
WHERE lane.id = moved.lane_id
"""


def move_on(lane: ClaimedLane, connection: Connection) -> bool:
    """Moves a chunk; whether anything is left. `lane` is one of an earlier epoch, and the only one in hand."""
    make_lanes(connection)
    with transaction.atomic():
        rows = Lane.objects.filter(connection=connection)
        lanes.locked(rows)
        # Whoever still believes to hold another of them is told that it is lost, though nobody has claimed it.
        rows.filter(epoch__lt=connection.lane_epoch).exclude(pk=lane.id).update(fence=F("fence") + 1)
        fates.mark_earlier_epochs(connection)
        resyncs.take_back_markers(connection)
        today = {row.number: row.pk for row in rows.filter(epoch=connection.lane_epoch)}
        found = list(_in_order(connection))[:CHUNK]
        _move([(row, today[_number(row, connection)]) for row in found])
        return len(found) == CHUNK


def _in_order(connection: Connection) -> Iterator[_Row]:
    """Each lane keeps its order; among the lanes' fronts the one accepted first comes first."""
    with database.cursor() as cursor:
        cursor.execute(_WAITING, [CHUNK, connection.pk, connection.lane_epoch])
        waiting: dict[int, list[_Row]] = {}
        for row in cursor.fetchall():
            waiting.setdefault(row[1], []).append(row)
    return heapq.merge(*waiting.values(), key=lambda row: int(row[0]))


def _number(row: _Row, connection: Connection) -> int:
    data, fields = row[3], row[4:]
    return lane_number(connection.spec.profile_key(lanes.stored_event(fields, data), connection.config))


def _move(moves: Sequence[tuple[_Row, int]]) -> None:
    if not moves:
        return
    units: Counter[int] = Counter()
    for row, to_lane in moves:
        units[row[1]] -= 1
        units[to_lane] += 1
    behind = {row[1]: int(row[2]) + 1 for row, _lane in moves}
    concerned = sorted(units)
    with database.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "froms": [row[1] for row, _lane in moves],
                "sequences": [row[2] for row, _lane in moves],
                "tos": [to_lane for _row, to_lane in moves],
                "room": ROOM_FOR_EARLIER,
            },
        )
        cursor.execute(
            _COUNT,
            [
                concerned,
                [units[lane] for lane in concerned],
                [behind.get(lane, 0) for lane in concerned],
            ],
        )
