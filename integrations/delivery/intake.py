"""The one way in: the engine, the door for events and later Kafka hand their events to `accept`."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
from django.db import connection as database
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import wakeups
from integrations.delivery.addressing import address, names_users
from integrations.delivery.level_changes import with_directions
from integrations.delivery.models import LANES_PER_CONNECTION, ROOM_FOR_EARLIER
from integrations.delivery.streaming import Streaming, connections_of
from integrations.registry import spec_for
from loyalty_api.contract import LoyaltyEvent
from selfservice.database import rows
from selfservice.database.rows import NO_CHANGE, Change
from selfservice.programs.models import Program

LaneKey = tuple[int | None, int, int]
"""A connection (None: the program has none that is complete), its epoch, and the number of a lane of it."""
_Unit = tuple[LaneKey, LoyaltyEvent]
"""A lane and the event that is to wait in it, or to be filtered."""

MAKE_LANES = """
INSERT INTO lane (program_id, connection_id, epoch, number, next_sequence, low_water, fence, failures,
                  accepted, delivered, dead, filtered, maybe_twice)
SELECT %(program)s, c, epoch, n, CASE WHEN epoch = 1 THEN 1 ELSE %(room)s END, 1, 0, 0, 0, 0, 0, 0, 0
FROM unnest(%(connections)s::bigint[], %(epochs)s::int[], %(numbers)s::int[]) AS wanted(c, epoch, n)
ORDER BY c, epoch, n ON CONFLICT DO NOTHING
"""
# One statement, because a member's till waits for it, and its values are two texts, because each value costs more than
# what stands in it. Its parts run in this order, since each reads the one before: the lanes are locked, all or none, so
# that nobody who waits for another's new lane holds up that other; the ids are taken, in one order by everybody, or two
# calls with the same ids could wait for each other; what was new is stored.
_STORE = """
WITH {along}sent AS (
  SELECT * FROM ROWS FROM (json_to_recordset(%(events)s::json) AS (
    event_id text, type text, occurred_at timestamptz, account_id text, user_id text, partner_id text,
    member_role text, external_code text, data jsonb)) WITH ORDINALITY AS new),
asked AS (
  SELECT * FROM ROWS FROM (json_to_recordset(%(units)s::json) AS (
    connection bigint, epoch int, number int, event_id text, account_id text)) WITH ORDINALITY AS new),
found AS (
  SELECT id FROM lane WHERE program_id = %(program)s AND EXISTS (
    SELECT 1 FROM asked WHERE lane.connection_id IS NOT DISTINCT FROM asked.connection
      AND lane.epoch = asked.epoch AND lane.number = asked.number)),
locked AS (
  SELECT id, connection_id, epoch, number, next_sequence, due_at FROM lane
  WHERE id IN (SELECT id FROM found) AND (SELECT count(*) FROM found) = %(lanes)s
  ORDER BY id FOR UPDATE),
taken AS (
  INSERT INTO event_key (program_id, event_id, day)
  SELECT %(program)s, event_id, %(day)s FROM (SELECT DISTINCT event_id FROM sent ORDER BY event_id) AS new
  WHERE (SELECT count(*) FROM locked) = %(lanes)s
  ON CONFLICT DO NOTHING RETURNING event_id),
stored AS (
  INSERT INTO loyalty_event (day, accepted_at, program_id, source, event_id, type, occurred_at,
                             account_id, user_id, partner_id, member_role, external_code, data)
  SELECT %(day)s, %(now)s, %(program)s, %(source)s, event_id, type, occurred_at,
         account_id, user_id, partner_id, member_role, external_code, data
  FROM sent JOIN taken USING (event_id) ORDER BY ordinality
  RETURNING id, event_id, account_id, type),
unit AS (
  SELECT locked.id AS lane_id, locked.connection_id IS NULL AS is_filtered, stored.*,
         locked.next_sequence - 1 + row_number() OVER (PARTITION BY locked.id ORDER BY ordinality) AS sequence
  FROM asked JOIN stored USING (event_id, account_id)
  JOIN locked ON locked.connection_id IS NOT DISTINCT FROM connection AND locked.epoch = asked.epoch
    AND locked.number = asked.number),
{ending},
moved AS (
  UPDATE lane SET accepted = accepted + n, next_sequence = next_sequence + n,
    low_water = low_water + CASE WHEN is_filtered THEN n ELSE 0 END,
    filtered = filtered + CASE WHEN is_filtered THEN n ELSE 0 END,
    due_at = CASE WHEN is_filtered THEN NULL ELSE COALESCE(due_at, now()) END
  FROM (SELECT lane_id, is_filtered, count(*) AS n FROM unit GROUP BY 1, 2) AS new WHERE lane.id = new.lane_id)
SELECT (SELECT count(*) FROM locked) = %(lanes)s, (SELECT count(*) FROM taken),
       EXISTS (SELECT 1 FROM locked WHERE due_at IS NULL)
"""
# The same of a single event that waits on a single connection, as most calls bring it. It takes a third of the time.
_STORE_ONE = """
WITH {along}locked AS (
  SELECT id, next_sequence, due_at FROM lane
  WHERE program_id = %(program)s AND connection_id = %(connection)s AND epoch = %(epoch)s AND number = %(number)s
  FOR UPDATE),
taken AS (
  INSERT INTO event_key (program_id, event_id, day) SELECT %(program)s, %(event_id)s, %(day)s FROM locked
  ON CONFLICT DO NOTHING RETURNING event_id),
stored AS (
  INSERT INTO loyalty_event (day, accepted_at, program_id, source, event_id, type, occurred_at,
                             account_id, user_id, partner_id, member_role, external_code, data)
  SELECT %(day)s, %(now)s, %(program)s, %(source)s, event_id, %(type)s, %(occurred_at)s,
         %(of_account)s, %(user_id)s, %(partner_id)s, %(member_role)s, %(external_code)s, %(data)s::jsonb
  FROM taken RETURNING id),
waiting AS (
  INSERT INTO delivery (lane_id, sequence, event_id, day, is_maybe_twice)
  SELECT locked.id, next_sequence, stored.id, %(day)s, false FROM locked, stored),
moved AS (
  UPDATE lane SET accepted = accepted + 1, next_sequence = lane.next_sequence + 1,
    due_at = COALESCE(lane.due_at, now())
  FROM locked, stored WHERE lane.id = locked.id)
SELECT EXISTS (SELECT 1 FROM locked), (SELECT count(*) FROM taken), EXISTS (SELECT 1 FROM locked WHERE due_at IS NULL)
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
_STORE_WAITING, _STORE_FILTERED = _STORE.replace("{ending}", _WAIT), _STORE.replace("{ending}", _FILTER)


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many events of a call were new, and how many were known already."""

    accepted: int
    duplicates: int


class LanesMissing(Exception):
    """A lane of the program's connections is missing and cannot be made; nothing of the call was accepted."""


class _Stored(NamedTuple):
    """How many of the events' ids were new, and whether a lane was idle before."""

    fresh: int
    is_news: bool


_NOTHING = _Stored(0, False)


def accept(*, program: Program, events: Sequence[LoyaltyEvent], source: str, along: Change | None = None) -> Accepted:
    """Stores events and one waiting unit per connection, in the caller's transaction if there is one.

    Acknowledged is what has been committed. A known event id changes nothing. The order of acceptance is the order in
    which the events of one profile are sent. Locks the lanes concerned, in ascending order, until the transaction ends.
    `along` is what they tell of, stored by the statement that stores them.
    """
    if not events:
        return Accepted(0, 0)
    first: dict[str, LoyaltyEvent] = {}
    for event in events:
        first.setdefault(event.event_id, event)
    new = with_directions(program, list(first.values()))
    # No savepoint: what fails here takes back the engine's transaction around it too. What names no user is stored by a
    # single statement, which needs none around it.
    with transaction.atomic(savepoint=False) if names_users(new) else nullcontext(), database.cursor() as cursor:
        connections = connections_of(cursor, program)
        found = address(cursor, program, with_directions(program, new))
        stored = _NOTHING
        if found.events:
            stored = _store(cursor, program, found.events, connections=connections, source=source, along=along)
        elif along:
            rows.apply(along)
        connection_ids = [connection.id for connection in connections]
        transaction.on_commit(lambda: wakeups.wake(connection_ids, is_news=stored.is_news), robust=True)
    fresh = stored.fresh - found.released + found.held
    return Accepted(fresh, len(events) - fresh)


def make_lanes(connection: Connection) -> None:
    """All lanes that the connection has today, those that exist among them."""
    lanes = [(connection.pk, connection.lane_epoch, number) for number in range(LANES_PER_CONNECTION)]
    with database.cursor() as cursor:
        _make_lanes(cursor, connection.program_id, lanes)


def lane_number(profile_key: str) -> int:
    return crc32(profile_key.encode()) % LANES_PER_CONNECTION


def _units(events: list[LoyaltyEvent], connections: list[Streaming]) -> list[_Unit]:
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
    connections: list[Streaming],
    source: str,
    along: Change | None,
) -> _Stored:
    units = _units(events, connections)
    lanes = {lane for lane, _event in units}
    now = timezone.now()
    values: dict[str, Any] = {"program": program.pk, "source": source, "now": now, "day": now.date()}
    if len(events) == len(connections) == 1:
        text = _STORE_ONE
        values |= _values_of_one(*units[0])
    else:
        text = _STORE_WAITING if connections else _STORE_FILTERED
        values |= _values_of_many(events, units, lanes=len(lanes))
    change = along or NO_CHANGE
    cursor.execute(_statement(text, change.parts), {**change.values, **values})
    all_locked, *stored = cursor.fetchone()
    if not all_locked:
        _make_lanes(cursor, program.pk, lanes)
        # What goes along was stored at the first time.
        cursor.execute(_statement(text), values)
        all_locked, *stored = cursor.fetchone()
        if not all_locked:
            raise LanesMissing(f"program {program.code}: not all of {len(lanes)} lanes can be had, nothing is stored")
    return _Stored(*stored)


@cache
def _statement(text: str, along: str = "") -> str:
    # The driver takes a text of more than 4,096 characters apart anew with each call.
    return " ".join(text.replace("{along}", f"{along}, " if along else "").split())


def _values_of_one(lane: LaneKey, event: LoyaltyEvent) -> dict[str, Any]:
    connection_id, epoch, number = lane
    return {
        "connection": connection_id,
        "epoch": epoch,
        "number": number,
        "event_id": event.event_id,
        "type": event.type,
        "occurred_at": event.occurred_at,
        "of_account": event.account_id,
        "user_id": event.user_id,
        "partner_id": event.partner_id,
        "member_role": event.member_role,
        "external_code": event.external_code,
        "data": msgspec.json.encode(event.data).decode(),
    }


def _values_of_many(events: list[LoyaltyEvent], units: list[_Unit], *, lanes: int) -> dict[str, Any]:
    return {
        "lanes": lanes,
        "events": msgspec.json.encode(events).decode(),
        "units": msgspec.json.encode([_asked(lane, event) for lane, event in units]).decode(),
    }


def _asked(lane: LaneKey, event: LoyaltyEvent) -> dict[str, Any]:
    connection_id, epoch, number = lane
    return {
        "connection": connection_id,
        "epoch": epoch,
        "number": number,
        "event_id": event.event_id,
        "account_id": event.account_id,
    }


def _make_lanes(cursor: CursorWrapper, program_id: int, lanes: Iterable[LaneKey]) -> None:
    connection_ids, epochs, numbers = (list(column) for column in zip(*lanes, strict=True))
    cursor.execute(
        MAKE_LANES,
        {
            "program": program_id,
            "connections": connection_ids,
            "epochs": epochs,
            "numbers": numbers,
            "room": ROOM_FOR_EARLIER,
        },
    )
