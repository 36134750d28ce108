"""Events of users who have no account yet: kept, counted as waiting, and given back with the first membership.

They are counted in a lane of the program that has no connection and no units, the same for all of them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection as database
from django.db.backends.utils import CursorWrapper

from integrations.delivery.models import HELD_LANE
from loyalty_api.contract import LoyaltyEvent
from selfservice.programs.models import Program

_COUNT = """
INSERT INTO lane (program_id, epoch, number, next_sequence, low_water, fence, failures,
                  accepted, delivered, dead, filtered, maybe_twice)
VALUES (%s, 1, %s, 1, 1, 0, 0, %s, 0, 0, 0, 0)
ON CONFLICT (program_id, number) WHERE connection_id IS NULL
DO UPDATE SET accepted = lane.accepted + excluded.accepted
"""
# By program, as each has a lane of its own for them. Without that lane, none was counted.
_END = """
WITH gone AS (
  DELETE FROM held_event WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM held_event WHERE held_at < %(day)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
  RETURNING program_id, event_id, event, held_at),
held AS (
  SELECT lane.id, program_id, next_sequence FROM lane
  WHERE connection_id IS NULL AND number = %(number)s AND program_id IN (SELECT program_id FROM gone)
  ORDER BY id FOR UPDATE),
ended AS (
  INSERT INTO delivery_outcome (day, at, program_id, lane_id, sequence, stored_event_id, event_day, event_id,
                                account_id, type, state, reason, is_maybe_twice, request_id, notes)
  SELECT %(today)s, %(now)s, held.program_id, held.id,
         next_sequence - 1 + row_number() OVER (PARTITION BY held.id ORDER BY held_at),
         nextval('loyalty_event_id_seq'), (held_at AT TIME ZONE 'UTC')::date, gone.event_id, '',
         COALESCE(event->>'type', ''), 'filtered', 'no_account', false, '', '[]'
  FROM gone JOIN held USING (program_id) RETURNING lane_id),
counted AS (
  UPDATE lane SET filtered = filtered + n, next_sequence = next_sequence + n, low_water = low_water + n
  FROM (SELECT lane_id, count(*) AS n FROM ended GROUP BY 1) AS new WHERE lane.id = new.lane_id)
SELECT count(*) FROM gone
"""


def hold(cursor: CursorWrapper, program: Program, event: LoyaltyEvent) -> int:
    """1 if the event is new, 0 if it is known. The caller counts, once for a call."""
    cursor.execute(
        """
        INSERT INTO held_event (program_id, event_id, user_id, event, held_at)
        SELECT %(program)s, %(id)s::text, %(user)s, %(event)s::jsonb, now()
        WHERE NOT EXISTS (SELECT 1 FROM event_key WHERE program_id = %(program)s AND event_id = %(id)s::text)
        ON CONFLICT DO NOTHING
        """,
        {
            "program": program.pk,
            "id": event.event_id,
            "user": event.user_id,
            "event": msgspec.json.encode(event).decode(),
        },
    )
    return int(cursor.rowcount)


def release(cursor: CursorWrapper, program: Program, users: Sequence[str]) -> dict[str, list[LoyaltyEvent]]:
    """Gives back what was held, by user, in order. The caller counts, once for a call."""
    cursor.execute(
        """
        WITH gone AS (DELETE FROM held_event WHERE program_id = %s AND user_id = ANY(%s)
                      RETURNING user_id, event, held_at)
        SELECT user_id, event::text FROM gone ORDER BY held_at
        """,
        [program.pk, list(users)],
    )
    released: dict[str, list[LoyaltyEvent]] = {}
    for user_id, text in cursor.fetchall():
        released.setdefault(user_id, []).append(msgspec.json.decode(text, type=LoyaltyEvent))
    return released


def count(cursor: CursorWrapper, program: Program, change: int) -> None:
    """So many more wait for an account, or fewer. Locks their lane until the transaction ends, so before all others."""
    if change:
        cursor.execute(_COUNT, [program.pk, HELD_LANE, change])


def end_chunk(*, oldest: date, now: datetime, limit: int) -> int:
    """Ends what has waited since before the day `oldest`: no account has come for it. Gives how many."""
    values: dict[str, Any] = {"day": oldest, "today": now.date(), "now": now, "limit": limit, "number": HELD_LANE}
    with database.cursor() as cursor:
        cursor.execute(_END, values)
        return int(cursor.fetchone()[0])
