"""Stores how a request ended: the units' outcomes, the lane's counters and the call, in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import DataError, transaction
from django.db import connection as database
from django.utils import timezone
from psycopg.errors import DivisionByZero

from integrations.calls import recording
from integrations.calls.recording import Call, record_call
from integrations.connections.models import Connection
from integrations.delivery import fates, lanes, last_sent
from integrations.delivery.batching import Batch
from integrations.delivery.deltas import Known
from integrations.delivery.lanes import ClaimedLane, ConnectionChanged, LeaseLost, NextRequest
from integrations.delivery.models import State
from integrations.delivery.resyncs import note_failures
from integrations.delivery.snapshots import UNREAD
from integrations.delivery.verdicts import Ending, Unfinished, Verdicts

NOTHING_ELSE: Final[Mapping[str, Any]] = MappingProxyType({})
# All that a request changes is one statement, and so one wait for the database: either the lane is held and all its
# units are there, or nothing is stored. Locking the lane first keeps its fence as it is until the end. Where somebody
# has taken some of the units a division by nought takes everything back: a statement has no other way to do so.
_SETTLE = """
WITH held AS MATERIALIZED (SELECT id FROM lane WHERE id = %(lane)s AND fence = %(fence)s FOR UPDATE),
gone AS (DELETE FROM delivery WHERE lane_id = (SELECT id FROM held) AND sequence = ANY(%(ended)s::bigint[])
         RETURNING 1),
whole AS MATERIALIZED (SELECT id FROM held WHERE (
  SELECT CASE count(*) WHEN %(count)s THEN true WHEN 0 THEN false ELSE 1 / (count(*) - count(*)) = 1 END FROM gone)),
{attempt}{parts}
UPDATE lane SET delivered = delivered + %(delivered)s, dead = dead + %(dead)s, filtered = filtered + %(filtered)s,
  maybe_twice = maybe_twice + %(maybe_twice)s, markers = markers - %(markers)s,
  low_water = GREATEST(low_water, %(low_water)s), lease_until = now() + %(lease)s * interval '1 second'
WHERE id = (SELECT id FROM whole) RETURNING {begun}
"""
_CONCLUDED = "concluded AS (DELETE FROM attempt WHERE lane_id = (SELECT id FROM held) AND fence = %(fence)s{rest})"
# The next request's attempt takes the place of this one's, so that a turn waits for the disk once a request.
_FOLLOWED = f"""
allowed AS MATERIALIZED (SELECT whole.id FROM whole, connections_connection c
                         WHERE c.id = %(connection)s AND {lanes.MAY_SEND}),
begun AS ({lanes.BEGIN.format(held="allowed")}),
{_CONCLUDED.format(rest=" AND NOT EXISTS (SELECT FROM allowed)")}"""  # noqa: S608 - the texts are constants
_TOLD = f"{last_sent.TELLING} WHERE EXISTS (SELECT FROM whole) {last_sent.OVER_EARLIER}"
_CALL = f"{recording.INSERTION} WHERE EXISTS (SELECT FROM whole)"
_REST = """
UPDATE delivery SET parts = left_over.parts, refused = left_over.refused
FROM whole, json_to_recordset(%(rest)s::json) AS left_over(sequence bigint, parts jsonb, refused jsonb)
WHERE delivery.lane_id = whole.id AND delivery.sequence = left_over.sequence
"""
# One text for all units of a request, because each value costs more than what stands in it; so does each key, and what
# is as usual is left out.
_OUTCOMES = """
INSERT INTO delivery_outcome (day, at, program_id, connection_id, lane_id, sequence, stored_event_id, event_day,
                              event_id, account_id, type, state, reason, is_maybe_twice, request_id, notes, refused)
SELECT %(day)s, %(now)s, %(program)s, %(connection)s, whole.id, sequence, stored_event_id, COALESCE(event_day, %(day)s),
       event_id, account_id, type, COALESCE(state, 'delivered'), COALESCE(reason, ''), COALESCE(is_maybe_twice, false),
       COALESCE(request_id, %(request)s), COALESCE(notes, '[]'), refused
  FROM whole, json_to_recordset(%(endings)s::json) AS ending(
       sequence bigint, stored_event_id bigint, event_day date, event_id text, account_id text, type text, state text,
       reason text, is_maybe_twice boolean, request_id text, notes jsonb, refused jsonb)
"""


@dataclass(frozen=True, slots=True)
class Learned:
    """What profiles know now, at the place where they live."""

    target: str
    known: Mapping[str, Known] = field(default_factory=dict)


def store_verdicts(
    lane: ClaimedLane,
    connection: Connection,
    verdicts: Verdicts,
    learned: Learned,
    call: Call | None,
    *,
    ended_at: datetime | None = None,
    following: NextRequest | None = None,
) -> bool:
    """Ends units, and notes what is left of others. Raises LeaseLost, and then nothing is stored.

    Begins the attempt of a request that is `following`; says whether it may start, False where the connection has
    changed. `ended_at` is when the call had ended, if not now.
    """
    logged = (call, ended_at or timezone.now()) if call else None
    with _one_transaction(verdicts.endings):
        is_begun = _settle(lane, connection, verdicts, learned, logged, following)
        if is_begun is None:
            if _holds(lane):  # stored by an earlier try whose acknowledgement was lost
                return following is not None and _begins(lane, following)
            raise LeaseLost
        _note_markers(connection, verdicts.endings)
    if logged:
        recording.observe(logged[0], ended_at=logged[1])
    return is_begun


def _begins(lane: ClaimedLane, request: NextRequest) -> bool:
    try:
        lanes.begin_attempt(lane, request)
    except ConnectionChanged:
        return False
    return True


def store_retry(lane: ClaimedLane, call: Call, *, unknown: Batch | None = None) -> None:
    """The request will be repeated; what may have arrived of an `unknown` one is marked. Raises LeaseLost."""
    with transaction.atomic():
        _lock(lane)
        if unknown:
            fates.mark(
                connection_id=lane.connection_id,
                lane_id=lane.id,
                sequences=unknown.harmed_by_copy,
                profiles=unknown.profiles,
            )
        _end_attempt(lane)
        record_call(call)


def store_expired(lane: ClaimedLane, connection: Connection, batch: Batch, endings: Sequence[Ending]) -> None:
    """Ends units of a request that failed once too often; the others of it wait on. Raises LeaseLost."""
    ended = {ending.unit.sequence for ending in endings}
    left = [share.unit.sequence for share in batch.shares if share.unit.sequence not in ended]
    with transaction.atomic():
        _lock(lane)
        if _end(lane, connection, endings, left=left) is not None:
            _note_markers(connection, endings)


def _one_transaction(endings: Sequence[Ending]) -> AbstractContextManager[None]:
    """One statement needs none around it; what went wrong with markers is a second one."""
    return transaction.atomic() if any(ending.unit.is_marker for ending in endings) else nullcontext()


def _note_markers(connection: Connection, endings: Sequence[Ending]) -> None:
    """Of a resync's markers only what went wrong is kept."""
    markers = [ending for ending in endings if ending.unit.is_marker]
    unread = [ending.unit.event.account_id for ending in markers if ending.reason == UNREAD]
    refused = sum(ending.state == State.DEAD for ending in markers)
    if unread or refused:
        note_failures(connection_id=connection.pk, unread=unread, refused=refused)


def _lock(lane: ClaimedLane) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM lane WHERE id = %s AND fence = %s FOR UPDATE", [lane.id, lane.fence])
        if cursor.fetchone() is None:
            raise LeaseLost


def _settle(
    lane: ClaimedLane,
    connection: Connection,
    verdicts: Verdicts,
    learned: Learned,
    logged: tuple[Call, datetime] | None,
    following: NextRequest | None,
) -> bool | None:
    """Whether what follows has begun; None when nothing was stored, since the lease is lost or the units are gone."""
    parts: dict[str, str] = {}
    values: dict[str, Any] = {}
    if verdicts.unfinished:
        parts["rest"] = _REST
        values["rest"] = orjson.dumps([_left_over(each) for each in verdicts.unfinished]).decode()
    if learned.known:
        parts["told"] = _TOLD
        values |= last_sent.telling(connection_id=connection.pk, target=learned.target, known=learned.known)
    if logged:
        parts["logged"] = _CALL
        values |= recording.lines([logged])
    if following:
        values |= following.values
    left = [each.unit.sequence for each in verdicts.unfinished]
    return _end(lane, connection, verdicts.endings, left=left, parts=parts, values=values)


def _end(
    lane: ClaimedLane,
    connection: Connection,
    endings: Sequence[Ending],
    *,
    left: Sequence[int],
    parts: Mapping[str, str] = NOTHING_ELSE,
    values: Mapping[str, Any] = NOTHING_ELSE,
) -> bool | None:
    """Takes ended units out of the lane, counts and keeps them, concludes the attempt, and does what else `parts` name,
    whose `values` these are; or, when the lease is lost or the units are gone, nothing of it, and gives None then. With
    the values of a NextRequest that one is begun, if the connection allows it, which is what is given otherwise.

    `left` are the sequences of units that were sent with them and wait on.
    """
    events = [ending for ending in endings if not ending.unit.is_marker]
    counts = Counter(ending.state for ending in events)
    ended = [ending.unit.sequence for ending in endings]
    found = {
        **values,
        **(_kept(connection, events) if events else {}),
        "lane": lane.id,
        "connection": connection.pk,
        "fence": lane.fence,
        "ended": f"{{{','.join(map(str, ended))}}}",
        "count": len(ended),
        "delivered": counts[State.DELIVERED],
        "dead": counts[State.DEAD],
        "filtered": counts[State.FILTERED],
        "maybe_twice": sum(ending.is_maybe_twice for ending in events),
        "markers": len(endings) - len(events),
        "low_water": min(left) if left else max(ended) + 1,
        "lease": settings.DELIVERY_LEASE_SECONDS,
    }
    with database.cursor() as cursor:
        try:
            kept = [("kept", _OUTCOMES)] if events else []
            cursor.execute(_statement((*parts.items(), *kept), is_followed="generation" in values), found)
        except DataError as error:
            if isinstance(error.__cause__, DivisionByZero):
                raise LeaseLost from None
            raise
        row = cursor.fetchone()
        return bool(row[0]) if row else None


@cache
def _statement(parts: tuple[tuple[str, str], ...], *, is_followed: bool) -> str:
    return _SETTLE.format(
        attempt=_FOLLOWED if is_followed else _CONCLUDED.format(rest=""),
        parts="".join(f",\n{name} AS ({text})" for name, text in parts),
        begun="EXISTS (SELECT FROM allowed)" if is_followed else "false",
    )


def _left_over(rest: Unfinished) -> dict[str, Any]:
    return {"sequence": rest.unit.sequence, "parts": sorted(rest.parts), "refused": rest.refused}


def _holds(lane: ClaimedLane) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM lane WHERE id = %s AND fence = %s", [lane.id, lane.fence])
        return cursor.fetchone() is not None


def _end_attempt(lane: ClaimedLane) -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM attempt WHERE lane_id = %s AND fence = %s", [lane.id, lane.fence])


def _kept(connection: Connection, endings: Sequence[Ending]) -> dict[str, Any]:
    """The values of _OUTCOMES."""
    now = timezone.now()
    request = endings[0].request_id
    return {
        "day": now.date(),
        "now": now,
        "program": connection.program_id,
        "request": request,
        "endings": orjson.dumps([_outcome(ending, day=now.date(), request=request) for ending in endings]).decode(),
    }


def _outcome(ending: Ending, *, day: date, request: str) -> dict[str, Any]:
    unit = ending.unit
    found = {
        "sequence": unit.sequence,
        "stored_event_id": unit.stored_event_id,
        "event_id": unit.event.event_id,
        "account_id": unit.event.account_id,
        "type": unit.event.type,
    }
    if unit.event_day != day:
        found["event_day"] = unit.event_day
    if ending.request_id != request:
        found["request_id"] = ending.request_id
    if ending.notes:
        found["notes"] = ending.notes
    if ending.is_maybe_twice:
        found["is_maybe_twice"] = True
    if ending.state != State.DELIVERED:
        found |= {"state": ending.state, "reason": ending.reason, "refused": ending.refused or None}
    return found
