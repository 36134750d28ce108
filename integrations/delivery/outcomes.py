"""Stores how a request ended: the units' outcomes, the lane's counters and the call, in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations.calls.recording import Call, record_call
from integrations.connections.models import Connection
from integrations.delivery import fates, last_sent
from integrations.delivery.batching import Batch
from integrations.delivery.deltas import Known
from integrations.delivery.lanes import ClaimedLane, LeaseLost
from integrations.delivery.models import State
from integrations.delivery.resyncs import note_failures
from integrations.delivery.snapshots import UNREAD
from integrations.delivery.verdicts import Ending, Unfinished, Verdicts
from selfservice.database import rows

# One text for all units of a request, because each value costs more than what stands in it.
_OUTCOMES = """
INSERT INTO delivery_outcome (day, at, program_id, connection_id, lane_id, sequence, stored_event_id, event_day,
                              event_id, account_id, type, state, reason, is_maybe_twice, request_id, notes, refused)
SELECT %(day)s, %(now)s, %(program)s, %(connection)s, %(lane)s, sequence, stored_event_id, event_day,
       event_id, account_id, type, state, reason, is_maybe_twice, request_id, notes, refused
  FROM json_to_recordset(%(endings)s::json) AS ending(
       sequence bigint, stored_event_id bigint, event_day date, event_id text, account_id text, type text, state text,
       reason text, is_maybe_twice boolean, request_id text, notes jsonb, refused jsonb)
"""


@dataclass(frozen=True, slots=True)
class Learned:
    """What profiles know now, at the place where they live."""

    target: str
    known: Mapping[str, Known] = field(default_factory=dict)


def store_verdicts(
    lane: ClaimedLane, connection: Connection, verdicts: Verdicts, learned: Learned, call: Call | None
) -> None:
    """Ends units, and notes what is left of others. Raises LeaseLost, and then nothing is stored."""
    with transaction.atomic():
        if not _end(lane, verdicts.endings, left=[each.unit.sequence for each in verdicts.unfinished]):
            return  # stored by an earlier try whose acknowledgement was lost
        _note_rest(lane, verdicts.unfinished)
        last_sent.store(connection_id=connection.pk, target=learned.target, known=learned.known)
        _keep(lane, connection, verdicts.endings)
        if call:
            record_call(call)


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
        if _end(lane, endings, left=left):
            _keep(lane, connection, endings)


def _keep(lane: ClaimedLane, connection: Connection, endings: Sequence[Ending]) -> None:
    """One row for each event; of a resync's markers only what went wrong."""
    events = [ending for ending in endings if not ending.unit.is_marker]
    if events:
        _store_outcomes(lane, connection, events)
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


def _end(lane: ClaimedLane, endings: Sequence[Ending], *, left: Sequence[int]) -> bool:
    """Takes ended units out of the lane, counts them and concludes the attempt. False, and nothing is counted, when all
    of them are gone already. Raises LeaseLost when the lease is lost, or somebody has taken some of them.

    `left` are the sequences of units that were sent with them and wait on.
    """
    events = [ending for ending in endings if not ending.unit.is_marker]
    counts = Counter(ending.state for ending in events)
    ended = [ending.unit.sequence for ending in endings]
    with database.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (DELETE FROM delivery WHERE lane_id = %s AND sequence = ANY(%s) RETURNING 1),
            concluded AS (DELETE FROM attempt WHERE lane_id = %s AND fence = %s),
            counted AS (UPDATE lane SET delivered = delivered + %s, dead = dead + %s, filtered = filtered + %s,
              maybe_twice = maybe_twice + %s, markers = markers - %s, low_water = GREATEST(low_water, %s),
              lease_until = now() + %s * interval '1 second'
            WHERE id = %s AND fence = %s AND (SELECT count(*) FROM gone) = %s RETURNING 1)
            SELECT (SELECT count(*) FROM gone), EXISTS (SELECT 1 FROM counted)
            """,
            [
                *(lane.id, ended, lane.id, lane.fence),
                *(counts[State.DELIVERED], counts[State.DEAD], counts[State.FILTERED]),
                sum(ending.is_maybe_twice for ending in events),
                len(endings) - len(events),
                min(left) if left else max(ended) + 1,
                settings.DELIVERY_LEASE_SECONDS,
                *(lane.id, lane.fence, len(ended)),
            ],
        )
        gone, is_counted = cursor.fetchone()
    if not is_counted and (gone or not _holds(lane)):
        raise LeaseLost
    return bool(is_counted)


def _note_rest(lane: ClaimedLane, unfinished: Sequence[Unfinished]) -> None:
    if not unfinished:
        return
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery SET parts = rest.parts, refused = rest.refused
            FROM unnest(%s::bigint[], %s::jsonb[], %s::jsonb[]) AS rest(sequence, parts, refused)
            WHERE delivery.lane_id = %s AND delivery.sequence = rest.sequence
            """,
            [
                [each.unit.sequence for each in unfinished],
                [orjson.dumps(sorted(each.parts)).decode() for each in unfinished],
                [orjson.dumps(each.refused).decode() for each in unfinished],
                lane.id,
            ],
        )


def _holds(lane: ClaimedLane) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM lane WHERE id = %s AND fence = %s", [lane.id, lane.fence])
        return cursor.fetchone() is not None


def _end_attempt(lane: ClaimedLane) -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM attempt WHERE lane_id = %s AND fence = %s", [lane.id, lane.fence])


def _store_outcomes(lane: ClaimedLane, connection: Connection, endings: Sequence[Ending]) -> None:
    now = timezone.now()
    values = {
        "day": now.date(),
        "now": now,
        "program": connection.program_id,
        "connection": connection.pk,
        "lane": lane.id,
        "endings": orjson.dumps([_outcome(ending) for ending in endings]).decode(),
    }
    rows.write(_OUTCOMES, values)


def _outcome(ending: Ending) -> dict[str, Any]:
    unit = ending.unit
    return {
        "sequence": unit.sequence,
        "stored_event_id": unit.stored_event_id,
        "event_day": unit.event_day,
        "event_id": unit.event.event_id,
        "account_id": unit.event.account_id,
        "type": unit.event.type,
        "state": ending.state,
        "reason": ending.reason,
        "is_maybe_twice": ending.is_maybe_twice,
        "request_id": ending.request_id,
        "notes": ending.notes,
        "refused": ending.refused or None,
    }
