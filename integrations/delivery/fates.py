"""Units of which nobody knows whether they arrived: marked, and what they told of profiles is unknown from then on."""

from collections.abc import Collection, Sequence

import orjson
from django.db import connection as database
from django.db import transaction

from integrations.connections.models import Connection
from integrations.delivery import last_sent
from integrations.delivery.lanes import ClaimedLane

_MARK = "UPDATE delivery SET is_maybe_twice = true WHERE lane_id = %s AND sequence = ANY(%s)"


def mark(*, connection_id: int, lane_id: int, sequences: Sequence[int], profiles: Collection[str]) -> int:
    """Gives the number of units that still wait. In the caller's transaction, who holds the lane."""
    last_sent.forget(connection_id=connection_id, profiles=profiles)
    with database.cursor() as cursor:
        cursor.execute(_MARK, [lane_id, list(sequences)])
        return int(cursor.rowcount)


def mark_interrupted(lane: ClaimedLane) -> int:
    """Marks what an interrupted request of this lane may have delivered already; gives the number of units."""
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(
            "DELETE FROM attempt WHERE lane_id = %s AND fence < %s RETURNING sequences::text, profiles::text",
            [lane.id, lane.fence],
        )
        row = cursor.fetchone()
        if row is None:
            return 0
        sequences, profiles = map(orjson.loads, row)
        return mark(connection_id=lane.connection_id, lane_id=lane.id, sequences=sequences, profiles=profiles)


def mark_earlier_epochs(connection: Connection) -> None:
    """Marks what interrupted requests of lanes of earlier epochs may have delivered. In the caller's transaction."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM attempt USING lane
            WHERE lane.id = attempt.lane_id AND lane.connection_id = %s AND lane.epoch < %s
            RETURNING attempt.lane_id, sequences::text, profiles::text
            """,
            [connection.pk, connection.lane_epoch],
        )
        interrupted = cursor.fetchall()
    for lane_id, sequences, profiles in interrupted:
        mark(
            connection_id=connection.pk,
            lane_id=lane_id,
            sequences=orjson.loads(sequences),
            profiles=orjson.loads(profiles),
        )
