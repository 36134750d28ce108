"""The one way in: the engine, the door for events and later Kafka hand their events to `accept`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
from django.db import connection as database
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import wakeups
from integrations.delivery.addressing import address
from integrations.delivery.level_changes import with_directions
from integrations.delivery.models import LANES_PER_CONNECTION, ROOM_FOR_EARLIER
from integrations.registry import spec_for
from loyalty_api.contract import LoyaltyEvent
from selfservice.programs.models import Program

LaneKey = tuple[int | None, int, int]
"""A connection (None: the program has none that is complete), its epoch, and the number of a lane of it."""
_Unit = tuple[LaneKey, LoyaltyEvent]
"""A lane and the event that is to wait in it, or to be filtered."""

_CONNECTIONS = """
SELECT id, lane_epoch, kind, config::text FROM connections_connection WHERE program_id = %s AND is_complete
"""
MAKE_LANES = """
INSERT INTO lane (program_id, connection_id, epoch, number, next_sequence, low_water, fence, failures,
                  accepted, delivered, dead, filtered, maybe_twice)
SELECT %(program)s, c, epoch, n, CASE WHEN epoch = 1 THEN 1 ELSE %(room)s END, 1, 0, 0, 0, 0, 0, 0, 0
FROM unnest(%(connections)s::bigint[], %(epochs)s::int[], %(numbers)s::int[]) AS wanted(c, epoch, n)
ORDER BY c, epoch, n ON CONFLICT DO NOTHING
"""
# One statement, because a member's till waits for it. Its parts run in this order, since each reads the one before:
# the lanes are locked, all or none, so that nobody who waits for another's new lane holds up that other; the ids are
# taken, in one order by everybody, or two calls with the same ids could wait for each other; what was new is stored.
_STORE = """
WITH wanted AS (SELECT * FROM unnest(%(connections)s::bigint[], %(epochs)s::int[], %(numbers)s::int[]) AS w(c, e, n)),
found AS (
  SELECT lane.id FROM lane JOIN wanted
    ON lane.connection_id IS NOT DISTINCT FROM wanted.c AND lane.epoch = wanted.e AND lane.number = wanted.n
  WHERE lane.program_id = %(program)s),
locked AS (
  SELECT id, connection_id, epoch, number, next_sequence FROM lane
  WHERE id IN (SELECT id FROM found) AND (SELECT count(*) FROM found) = %(lanes)s
  ORDER BY id FOR UPDATE),
taken AS (
  INSERT INTO event_key (program_id, event_id, day)
  SELECT %(program)s, id, %(day)s FROM unnest(%(ids)s::text[]) AS new(id)
  WHERE (SELECT count(*) FROM locked) = %(lanes)s
  ON CONFLICT DO NOTHING RETURNING event_id),
stored AS (
  INSERT INTO loyalty_event (day, accepted_at, program_id, source, event_id, type, occurred_at,
                             account_id, user_id, partner_id, member_role, external_code, data)
  SELECT %(day)s, %(now)s, %(program)s, %(source)s, event_id, type, occurred_at,
         account_id, user_id, partner_id, member_role, external_code, data
  FROM unnest(%(event_ids)s::text[], %(types)s::text[], %(occurred)s::timestamptz[], %(accounts)s::text[],
              %(users)s::text[], %(partners)s::text[], %(roles)s::text[], %(codes)s::text[], %(data)s::jsonb[])
    WITH ORDINALITY AS new(event_id, type, occurred_at, account_id, user_id, partner_id, member_role, external_code,
                           data, place)
  JOIN taken USING (event_id) ORDER BY place
  RETURNING id, event_id, account_id, type),
unit AS (
  SELECT locked.id AS lane_id, locked.connection_id IS NULL AS is_filtered, stored.*,
         locked.next_sequence - 1 + row_number() OVER (PARTITION BY locked.id ORDER BY place) AS sequence
  FROM unnest(%(unit_connections)s::bigint[], %(unit_epochs)s::int[], %(unit_numbers)s::int[],
              %(unit_events)s::text[], %(unit_accounts)s::text[])
    WITH ORDINALITY AS new(c, e, n, event_id, account_id, place)
  JOIN stored USING (event_id, account_id)
  JOIN locked ON locked.connection_id IS NOT DISTINCT FROM c AND locked.epoch = e AND locked.number = n),
{ending},
moved AS (
  UPDATE lane SET accepted = accepted + n, next_sequence = next_sequence + n,
    low_water = low_water + CASE WHEN is_filtered THEN n ELSE 0 END,
    filtered = filtered + CASE WHEN is_filtered THEN n ELSE 0 END,
    due_at = CASE WHEN is_filtered THEN NULL ELSE COALESCE(due_at, now()) END
  FROM (SELECT lane_id, is_filtered, count(*) AS n FROM unit GROUP BY 1, 2) AS new WHERE lane.id = new.lane_id)
SELECT (SELECT count(*) FROM locked) = %(lanes)s, (SELECT count(*) FROM taken)
"""
_WAIT = """waiting AS (
  INSERT INTO delivery (lane_id, sequence, event_id, day, is_maybe_twice)
  SELECT lane_id, sequence, id, %(day)s, false FROM unit)"""
_FILTER = """filtered AS (
  INSERT INTO delivery_outcome (day, at, program_id, lane_id, sequence, stored_event_id, event_day, event_id,
                                account_id, type, state, reason, is_maybe_twice, request_id, notes)
  SELECT %(day)s, %(now)s, %(program)s, lane_id, sequence, id, %(day)s, event_id,
         account_id, type, 'filtered', 'no_connection', false, '', '[]'
  FROM unit)"""
_STORE_WAITING, _STORE_FILTERED = _STORE.format(ending=_WAIT), _STORE.format(ending=_FILTER)


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many events of a call were new, and how many were known already."""

    accepted: int
    duplicates: int


class _Streaming(NamedTuple):
    """A complete connection, as far as it decides on the lanes."""

    id: int
    epoch: int
    kind: str
    config: Mapping[str, Any]


def accept(*, program: Program, events: Sequence[LoyaltyEvent], source: str) -> Accepted:
    """Stores events and one waiting unit per connection, in the caller's transaction if there is one.

    Acknowledged is what has been committed. A known event id changes nothing. The order of acceptance is the order in
    which the events of one profile are sent. Locks the lanes concerned, in ascending order, until the transaction ends.
    """
    if not events:
        return Accepted(0, 0)
    first: dict[str, LoyaltyEvent] = {}
    for event in events:
        first.setdefault(event.event_id, event)
    # No savepoint: what fails here takes back the engine's transaction around it too.
    with transaction.atomic(savepoint=False), database.cursor() as cursor:
        connections = _connections(cursor, program)
        found = address(cursor, program, with_directions(program, list(first.values())))
        stored = _store(cursor, program, found.events, connections=connections, source=source) if found.events else 0
        connection_ids = [connection.id for connection in connections]
        transaction.on_commit(lambda: wakeups.wake(connection_ids), robust=True)
    fresh = stored - found.released + found.held
    return Accepted(fresh, len(events) - fresh)


def make_lanes(connection: Connection) -> None:
    """All lanes that the connection has today, those that exist among them."""
    numbers = list(range(LANES_PER_CONNECTION))
    with database.cursor() as cursor:
        cursor.execute(
            MAKE_LANES,
            {
                "program": connection.program_id,
                "connections": [connection.pk] * len(numbers),
                "epochs": [connection.lane_epoch] * len(numbers),
                "numbers": numbers,
                "room": ROOM_FOR_EARLIER,
            },
        )


def lane_number(profile_key: str) -> int:
    return crc32(profile_key.encode()) % LANES_PER_CONNECTION


def _connections(cursor: CursorWrapper, program: Program) -> list[_Streaming]:
    cursor.execute(_CONNECTIONS, [program.pk])
    return [_Streaming(pk, epoch, kind, json.loads(config)) for pk, epoch, kind, config in cursor.fetchall()]


def _units(events: list[LoyaltyEvent], connections: list[_Streaming]) -> list[_Unit]:
    """One unit for each event and connection; accounts that share a profile share the unit."""
    if not connections:
        return [((None, 1, lane_number(event.account_id)), event) for event in events]
    units: dict[tuple[int, str, str], _Unit] = {}
    for event in events:
        for connection in connections:
            profile = spec_for(connection.kind).profile_key(event, connection.config)
            lane = (connection.id, connection.epoch, lane_number(profile))
            units.setdefault((connection.id, event.event_id, profile), (lane, event))
    return list(units.values())


def _store(
    cursor: CursorWrapper,
    program: Program,
    events: list[LoyaltyEvent],
    *,
    connections: list[_Streaming],
    source: str,
) -> int:
    """Says how many of the events' ids were new."""
    units = _units(events, connections)
    now = timezone.now()
    values: dict[str, Any] = {"program": program.pk, "source": source, "now": now, "day": now.date()}
    values |= _columns_of_events(events) | _columns_of_units(units)
    statement = _STORE_WAITING if connections else _STORE_FILTERED
    cursor.execute(statement, values)
    all_locked, fresh = cursor.fetchone()
    if not all_locked:
        cursor.execute(MAKE_LANES, values)
        cursor.execute(statement, values)
        _all_locked, fresh = cursor.fetchone()
    return int(fresh)


def _columns_of_events(events: list[LoyaltyEvent]) -> dict[str, Any]:
    ids = [event.event_id for event in events]
    return {
        "ids": sorted(set(ids)),
        "event_ids": ids,
        "types": [event.type for event in events],
        "occurred": [event.occurred_at for event in events],
        "accounts": [event.account_id for event in events],
        "users": [event.user_id for event in events],
        "partners": [event.partner_id for event in events],
        "roles": [event.member_role for event in events],
        "codes": [event.external_code for event in events],
        "data": [msgspec.json.encode(event.data).decode() for event in events],
    }


def _columns_of_units(units: list[_Unit]) -> dict[str, Any]:
    lanes = {lane for lane, _event in units}
    return {
        "lanes": len(lanes),
        "room": ROOM_FOR_EARLIER,
        "connections": [connection_id for connection_id, _epoch, _number in lanes],
        "epochs": [epoch for _connection_id, epoch, _number in lanes],
        "numbers": [number for _connection_id, _epoch, number in lanes],
        "unit_connections": [lane[0] for lane, _event in units],
        "unit_epochs": [lane[1] for lane, _event in units],
        "unit_numbers": [lane[2] for lane, _event in units],
        "unit_events": [event.event_id for _lane, event in units],
        "unit_accounts": [event.account_id for _lane, event in units],
    }
