"""Reads the next units of a lane with their events.

The events of a day are read by a statement that names the day: the database then plans with this day's table alone, and
need not look at all of the others each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

import orjson
from django.db import connection as database

from integrations.delivery.lanes import EVENT_FIELDS, READ_BYTES, ClaimedLane, WaitingUnit, stored_event
from loyalty_api.contract import LoyaltyEvent

_WAITING = """
SELECT day, event_id, account_id, sequence, since, is_maybe_twice, parts, refused FROM delivery
WHERE lane_id = %s AND sequence >= GREATEST(%s, (SELECT low_water FROM lane WHERE id = %s))
ORDER BY sequence LIMIT %s
"""
# The first in any case, and those that begin within the room.
_EVENTS = f"""
SELECT * FROM (
  SELECT e.id, sum(pg_column_size(e.data)) OVER (ORDER BY place)::bigint AS bytes, pg_column_size(e.data) AS own,
    {", ".join(f"e.{name}" for name in EVENT_FIELDS)}, e.data
  FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, place) JOIN loyalty_event e ON e.id = wanted.id
  WHERE e.day = '{{day}}'::date ORDER BY place) AS found
WHERE bytes - own < %s
"""  # noqa: S608 - the names are constants


def read_next(lane: ClaimedLane, *, limit: int, after: int = 0) -> list[WaitingUnit]:
    """The next waiting units in order, behind the sequence `after`; one at least, then up to `limit` and READ_BYTES."""
    with database.cursor() as cursor:
        cursor.execute(_WAITING, [lane.id, after + 1, lane.id, limit])
        rows = cursor.fetchall()
    return list(_units(rows))


def _units(rows: Sequence[tuple[Any, ...]]) -> Iterator[WaitingUnit]:
    room = READ_BYTES
    for day, waiting in groupby(rows, key=lambda row: row[0]):
        of_day = list(waiting)
        wanted = [row[1] for row in of_day if not row[2]]
        events: Mapping[int, LoyaltyEvent] = {}
        if wanted:
            events, taken = _events(day, wanted, room)
            room -= taken
        last = next(reversed(events), None)
        for row in of_day:
            if row[2]:
                yield _unit(row, LoyaltyEvent(event_id="", type="", occurred_at=row[4], account_id=row[2]))
            elif row[1] in events:  # one that is not there any more is past retention
                yield _unit(row, events[row[1]])
            if room <= 0 and row[1] == last:
                return


def _events(day: date, ids: Sequence[int], room: int) -> tuple[dict[int, LoyaltyEvent], int]:
    """By their keys and in order, as far as there is room; with the bytes that they take."""
    with database.cursor() as cursor:
        cursor.execute(_EVENTS.format(day=day), [list(ids), room])
        rows = cursor.fetchall()
    return {row[0]: stored_event(row[3:-1], row[-1]) for row in rows}, rows[-1][1] if rows else 0


def _unit(row: tuple[Any, ...], event: LoyaltyEvent) -> WaitingUnit:
    day, stored_event_id, marked, sequence, since, is_maybe_twice, parts, refused = row
    return WaitingUnit(
        sequence=sequence,
        stored_event_id=stored_event_id,
        event_day=day,
        since=since,
        is_maybe_twice=is_maybe_twice,
        parts=None if parts is None else frozenset(orjson.loads(parts)),
        refused={} if refused is None else orjson.loads(refused),
        event=event,
        is_marker=bool(marked),
    )
