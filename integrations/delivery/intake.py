"""The one way in: the engine, the door for events and later Kafka hand their events to `accept`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

import msgspec
from django.db import connection as database
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import wakeups
from integrations.delivery.models import LANES_PER_CONNECTION
from integrations.registry import spec_for
from loyalty_api.contract import LoyaltyEvent
from selfservice.programs.models import Program

LaneKey = tuple[int | None, int]
"""A connection (None: the program has none that is complete) and the number of a lane of it."""
_Row = tuple[int, int, int, LoyaltyEvent]
"""A lane, the sequence in it, the stored event's key, the event."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many events of a call were new, and how many were known already."""

    accepted: int
    duplicates: int


@dataclass(slots=True)
class _LockedLane:
    id: int
    connection_id: int | None
    sequence: int


def accept(*, program: Program, events: Sequence[LoyaltyEvent], source: str) -> Accepted:
    """Stores events and one waiting unit per connection, in the caller's transaction if there is one.

    Acknowledged is what has been committed. A known event id changes nothing. The order of acceptance is the order in
    which the events of one profile are sent. Locks the lanes concerned, in ascending order, until the transaction ends.
    """
    if not events:
        return Accepted(0, 0)
    with transaction.atomic(), database.cursor() as cursor:
        connections = _connections(program)
        lanes = _lock_lanes(cursor, program, {key for event in events for key in _lane_keys(event, connections)})
        now = timezone.now()
        fresh = _claim_ids(cursor, program, events, now)
        if fresh:
            ids = _store_events(cursor, program, fresh, source, now)
            units = [(lanes[key], event_pk, event) for event, event_pk in ids for key in _lane_keys(event, connections)]
            _store_units(cursor, program, units, now)
        connection_ids = [connection_id for connection_id, _fields in connections]
        transaction.on_commit(lambda: wakeups.wake(connection_ids), robust=True)
    return Accepted(len(fresh), len(events) - len(fresh))


def lane_number(profile_key: str) -> int:
    return crc32(profile_key.encode()) % LANES_PER_CONNECTION


def _connections(program: Program) -> list[tuple[int, tuple[str, Mapping[str, Any]]]]:
    rows = Connection.objects.filter(program=program, is_complete=True).values_list("id", "kind", "config")
    return [(pk, (kind, config)) for pk, kind, config in rows]


def _lane_keys(event: LoyaltyEvent, connections: list[tuple[int, tuple[str, Mapping[str, Any]]]]) -> list[LaneKey]:
    if not connections:
        return [(None, lane_number(event.account_id))]
    return [
        (connection_id, lane_number(spec_for(kind).profile_key(event, config)))
        for connection_id, (kind, config) in connections
    ]


def _lock_lanes(cursor: CursorWrapper, program: Program, keys: set[LaneKey]) -> dict[LaneKey, _LockedLane]:
    """All lanes or none are locked, so that nobody who waits for another's new lane holds up that other."""
    lanes = _select_lanes(cursor, program, keys)
    if not lanes:
        cursor.execute(
            """
            INSERT INTO lane (program_id, connection_id, number, next_sequence, low_water, fence, failures,
                              accepted, delivered, dead, filtered, maybe_twice)
            SELECT %s, c, n, 1, 1, 0, 0, 0, 0, 0, 0, 0 FROM unnest(%s::bigint[], %s::int[]) AS wanted(c, n)
            ORDER BY c, n ON CONFLICT DO NOTHING
            """,
            [program.pk, [key[0] for key in keys], [key[1] for key in keys]],
        )
        lanes = _select_lanes(cursor, program, keys)
    return lanes


def _select_lanes(cursor: CursorWrapper, program: Program, keys: set[LaneKey]) -> dict[LaneKey, _LockedLane]:
    """Locks the lanes if all of them exist."""
    cursor.execute(
        """
        WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS w(c, n)),
        found AS (
          SELECT lane.id FROM lane JOIN wanted
            ON lane.connection_id IS NOT DISTINCT FROM wanted.c AND lane.number = wanted.n
          WHERE lane.program_id = %s)
        SELECT id, connection_id, number, next_sequence FROM lane
        WHERE id IN (SELECT id FROM found) AND (SELECT count(*) FROM found) = %s
        ORDER BY id FOR UPDATE
        """,
        [[key[0] for key in keys], [key[1] for key in keys], program.pk, len(keys)],
    )
    return {(c, n): _LockedLane(pk, c, sequence) for pk, c, n, sequence in cursor.fetchall()}


def _claim_ids(
    cursor: CursorWrapper, program: Program, events: Sequence[LoyaltyEvent], now: datetime
) -> list[LoyaltyEvent]:
    """Takes the event ids; gives back the events whose id was new, each once, in the order of the call.

    They are taken in one order by everybody, or two calls with the same ids could wait for each other.
    """
    first: dict[str, LoyaltyEvent] = {}
    for event in events:
        first.setdefault(event.event_id, event)
    cursor.execute(
        """
        INSERT INTO event_key (program_id, event_id, day)
        SELECT %s, id, %s FROM unnest(%s::text[]) AS new(id) ON CONFLICT DO NOTHING RETURNING event_id
        """,
        [program.pk, now.date(), sorted(first)],
    )
    taken = {event_id for (event_id,) in cursor.fetchall()}
    return [event for event_id, event in first.items() if event_id in taken]


def _store_events(
    cursor: CursorWrapper, program: Program, events: list[LoyaltyEvent], source: str, now: datetime
) -> list[tuple[LoyaltyEvent, int]]:
    cursor.execute(
        """
        INSERT INTO loyalty_event (day, accepted_at, program_id, source, event_id, type, occurred_at,
                                   account_id, user_id, partner_id, member_role, data)
        SELECT %s, %s, %s, %s, event_id, type, occurred_at, account_id, user_id, partner_id, member_role, data
        FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[],
                    %s::jsonb[]) WITH ORDINALITY
          AS new(event_id, type, occurred_at, account_id, user_id, partner_id, member_role, data, place)
        ORDER BY place RETURNING id, event_id
        """,
        [
            *(now.date(), now, program.pk, source),
            [event.event_id for event in events],
            [event.type for event in events],
            [event.occurred_at for event in events],
            [event.account_id for event in events],
            [event.user_id for event in events],
            [event.partner_id for event in events],
            [event.member_role for event in events],
            [msgspec.json.encode(event.data).decode() for event in events],
        ],
    )
    ids = {event_id: pk for pk, event_id in cursor.fetchall()}
    return [(event, ids[event.event_id]) for event in events]


def _store_units(
    cursor: CursorWrapper, program: Program, units: list[tuple[_LockedLane, int, LoyaltyEvent]], now: datetime
) -> None:
    waiting: list[_Row] = []
    filtered: list[_Row] = []
    for lane, event_pk, event in units:
        row = (lane.id, lane.sequence, event_pk, event)
        (filtered if lane.connection_id is None else waiting).append(row)
        lane.sequence += 1
    cursor.execute(
        """
        INSERT INTO delivery (lane_id, sequence, event_id, day, is_maybe_twice)
        SELECT lane_id, sequence, event_id, %s, false
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS new(lane_id, sequence, event_id)
        """,
        [now.date(), [row[0] for row in waiting], [row[1] for row in waiting], [row[2] for row in waiting]],
    )
    if filtered:
        _store_filtered(cursor, program, filtered, now)
    counts = Counter((lane.id, lane.connection_id is None) for lane, _pk, _event in units)
    cursor.execute(
        """
        UPDATE lane SET accepted = accepted + n, next_sequence = next_sequence + n,
          low_water = low_water + CASE WHEN is_filtered THEN n ELSE 0 END,
          filtered = filtered + CASE WHEN is_filtered THEN n ELSE 0 END,
          due_at = CASE WHEN is_filtered THEN NULL ELSE COALESCE(due_at, now()) END
        FROM unnest(%s::bigint[], %s::bool[], %s::bigint[]) AS new(lane_id, is_filtered, n) WHERE lane.id = new.lane_id
        """,
        [[key[0] for key in counts], [key[1] for key in counts], list(counts.values())],
    )


def _store_filtered(cursor: CursorWrapper, program: Program, rows: list[_Row], now: datetime) -> None:
    cursor.execute(
        """
        INSERT INTO delivery_outcome (day, at, program_id, lane_id, sequence, stored_event_id, event_day, event_id,
                                      account_id, type, state, reason, is_maybe_twice, request_id, notes)
        SELECT %s, %s, %s, lane_id, sequence, stored_event_id, %s, event_id, account_id, type,
               'filtered', 'no_connection', false, '', '[]'
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])
          AS new(lane_id, sequence, stored_event_id, event_id, account_id, type)
        """,
        [
            *(now.date(), now, program.pk, now.date()),
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] for row in rows],
            [row[3].event_id for row in rows],
            [row[3].account_id for row in rows],
            [row[3].type for row in rows],
        ],
    )
