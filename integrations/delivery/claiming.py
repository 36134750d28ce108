"""Which lanes a worker takes next: fair to all connections, and to the other workers. The clock is the database's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection as database

from integrations.delivery.lanes import ClaimedLane
from selfservice.watch.heartbeats import MISSING_AFTER_SECONDS, WORKER

# Beyond so many lanes in hand, those that other workers might take are left to them for a moment: a process does one
# thing at a time, however many threads it has.
FEW_LANES = 4
LEFT_FOR_SECONDS = 0.25
# A connection that fails keeps its requests' slots for as long as a request may last.
LANES_OF_FAILING = 4
_CLAIM_DUE = """
WITH candidate AS (
  SELECT lane.id, lane.due_at, lane.connection_id, c.failures, lane.epoch < c.lane_epoch AS is_earlier,
    row_number() OVER (PARTITION BY lane.connection_id ORDER BY lane.due_at) + (
      SELECT count(*) FROM lane held
      WHERE held.connection_id = lane.connection_id AND held.lease_until >= now()) AS place
  FROM lane JOIN connections_connection c ON c.id = lane.connection_id
  WHERE lane.due_at <= now() AND (lane.lease_until IS NULL OR lane.lease_until < now())
    AND c.is_complete AND c.paused_at IS NULL AND c.stopped_at IS NULL
    AND (c.parked_until IS NULL OR c.parked_until <= now())
    AND (%(program)s::bigint IS NULL OR lane.program_id = %(program)s)
    AND NOT EXISTS (SELECT 1 FROM lane earlier WHERE earlier.connection_id = lane.connection_id
                    AND earlier.epoch < lane.epoch AND earlier.due_at IS NOT NULL)
), share AS (
  SELECT count(DISTINCT connection_id) AS connections FROM (
    SELECT connection_id FROM candidate
    UNION ALL SELECT connection_id FROM lane WHERE due_at <= now() AND lease_until >= now()) AS busy
), ready AS (
  SELECT id, due_at, place FROM candidate
  WHERE place <= CASE WHEN is_earlier OR failures >= %(broken)s THEN 1 WHEN failures > 0 THEN %(failing)s
                      WHEN (SELECT connections FROM share) > 1
                      THEN GREATEST(1, LEAST(%(slots)s / 2, GREATEST(%(failing)s,
                        %(slots)s / ((SELECT connections FROM share) + 1))))
                      ELSE %(slots)s END
), hands AS (
  SELECT GREATEST(%(few)s, ceil(
    ((SELECT count(*) FROM ready)
      + (SELECT count(*) FROM lane WHERE due_at <= now() AND lease_until >= now()))::float8
    / GREATEST(1, (SELECT count(*) FROM watch_heartbeat
                   WHERE kind = %(worker)s AND seen_at > now() - %(missing)s * interval '1 second'))))
    - %(busy)s AS mine
), fair AS (
  SELECT id FROM (SELECT id, due_at, place, row_number() OVER (ORDER BY place, due_at) AS turn FROM ready) AS ordered
  WHERE turn <= (SELECT mine FROM hands) OR due_at <= now() - %(left_for)s * interval '1 second'
  ORDER BY place, due_at LIMIT %(limit)s
), free AS (
  SELECT id FROM lane WHERE id IN (SELECT id FROM fair)
    AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE lane SET lease_until = now() + %(lease)s * interval '1 second', fence = fence + 1
  FROM free WHERE lane.id = free.id
  RETURNING lane.id, lane.connection_id, lane.fence, lane.failures, lane.epoch)
SELECT (SELECT connection_id FROM lane WHERE id = (
          SELECT id FROM ready WHERE id NOT IN (SELECT id FROM fair) LIMIT 1)), claimed.*
FROM (VALUES (1)) AS always LEFT JOIN claimed ON true
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Lanes claimed now, and the connection of one that was left to other workers, or of none."""

    lanes: Sequence[ClaimedLane]
    left: int | None


def claim_due(*, limit: int, busy: int = 0, program_id: int | None = None) -> Claimed:
    """Claims lanes that are due and free: of the connections with the fewest lanes in hand first, then the longest due.

    While lanes of other connections are due or in hand, none gets more than what leaves the share of one more free for
    whoever comes next: a few at least, as one that fails gets, and never over half of the slots. Of a
    connection that is broken a single lane is claimed, as a probe. Lanes of a connection's earlier epoch go before all
    later ones, one at a time, or one profile's events could pass each other.

    A process with `busy` lanes in hand takes no more than FEW_LANES, or than its share among the workers that are
    alive; what is beyond it is left to them for LEFT_FOR_SECONDS.
    """
    with database.cursor() as cursor:
        cursor.execute(
            _CLAIM_DUE,
            {
                "lease": settings.DELIVERY_LEASE_SECONDS,
                "program": program_id,
                "broken": settings.DELIVERY_BREAKER_FAILURES,
                "failing": LANES_OF_FAILING,
                "slots": settings.DELIVERY_SLOTS,
                "limit": limit,
                "busy": busy,
                "few": FEW_LANES,
                "left_for": LEFT_FOR_SECONDS,
                "worker": WORKER,
                "missing": MISSING_AFTER_SECONDS,
            },
        )
        rows = cursor.fetchall()
    return Claimed([ClaimedLane(*row[1:]) for row in rows if row[1] is not None], left=rows[0][0])
