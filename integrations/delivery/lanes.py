"""Claims lanes, reads their next units, renews and gives back the lease. The clock is the database's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models.functions import Now

from integrations.connections.models import Connection
from integrations.delivery.models import Lane
from loyalty_api.contract import LoyaltyEvent

_EVENT_FIELDS = ("event_id", "type", "occurred_at", "account_id", "user_id", "partner_id", "member_role")


class LeaseLost(Exception):
    """Another worker holds the lane now; nothing may be written for it here."""


@dataclass(frozen=True, slots=True)
class ClaimedLane:
    """The right to send one lane's units, good while nobody has raised `fence` further."""

    id: int
    connection_id: int
    fence: int
    failures: int


@dataclass(frozen=True, slots=True)
class WaitingUnit:
    """One unit as it stands in the lane."""

    sequence: int
    stored_event_id: int
    event_day: date
    is_maybe_twice: bool
    event: LoyaltyEvent


def claim_due(*, limit: int, program_id: int | None = None) -> list[ClaimedLane]:
    """Claims lanes that are due and free, the longest waiting first. A lane that has just been drained goes last."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET lease_until = now() + %s * interval '1 second', fence = fence + 1
            FROM (
              SELECT lane.id FROM lane JOIN connections_connection c ON c.id = lane.connection_id
              WHERE lane.due_at <= now() AND (lane.lease_until IS NULL OR lane.lease_until < now())
                AND c.is_complete AND c.paused_at IS NULL AND c.stopped_at IS NULL
                AND (c.parked_until IS NULL OR c.parked_until <= now())
                AND (%s::bigint IS NULL OR lane.program_id = %s)
              ORDER BY lane.due_at LIMIT %s FOR UPDATE OF lane SKIP LOCKED
            ) due
            WHERE lane.id = due.id RETURNING lane.id, lane.connection_id, lane.fence, lane.failures
            """,
            [settings.DELIVERY_LEASE_SECONDS, program_id, program_id, limit],
        )
        return [ClaimedLane(*row) for row in cursor.fetchall()]


def mark_unknown_fate(lane: ClaimedLane) -> int:
    """Marks what an interrupted request of this lane may have delivered already; gives the number of units."""
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(
            "DELETE FROM attempt WHERE lane_id = %s AND fence < %s RETURNING sequences", [lane.id, lane.fence]
        )
        row = cursor.fetchone()
        if row is None:
            return 0
        cursor.execute(
            """
            UPDATE delivery SET is_maybe_twice = true
            WHERE lane_id = %s AND sequence IN (SELECT jsonb_array_elements_text(%s::jsonb)::bigint)
            """,
            [lane.id, row[0]],
        )
        return int(cursor.rowcount)


def read_next(lane: ClaimedLane, *, limit: int) -> list[WaitingUnit]:
    """The next waiting units in order."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT d.sequence, d.is_maybe_twice, e.id, e.day, {", ".join(f"e.{name}" for name in _EVENT_FIELDS)}, e.data
            FROM delivery d JOIN loyalty_event e ON e.id = d.event_id AND e.day = d.day
            WHERE d.lane_id = %s AND d.sequence >= (SELECT low_water FROM lane WHERE id = %s)
            ORDER BY d.sequence LIMIT %s
            """,  # noqa: S608 - the names are the constants above
            [lane.id, lane.id, limit],
        )
        return [_unit(row) for row in cursor.fetchall()]


def begin_attempt(lane: ClaimedLane, *, sequences: Sequence[int]) -> None:
    """Renews the lease and writes down that a request starts, before it does. Raises LeaseLost."""
    with transaction.atomic(), database.cursor() as cursor:
        _renew(lane)
        cursor.execute(
            """
            INSERT INTO attempt (lane_id, fence, sequences, started_at) VALUES (%s, %s, %s::jsonb, now())
            ON CONFLICT (lane_id) DO UPDATE
            SET fence = excluded.fence, sequences = excluded.sequences, started_at = excluded.started_at
            """,
            [lane.id, lane.fence, str(list(sequences))],
        )


def give_back(lane: ClaimedLane, *, wait_seconds: float | None = None) -> None:
    """Ends the lease. With a wait the lane failed and is due after it; else it is due now if anything waits in it."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET lease_until = NULL,
              due_at = CASE WHEN low_water < next_sequence
                            THEN now() + COALESCE(%s, 0) * interval '1 second' END,
              failures = CASE WHEN %s::float IS NULL THEN failures ELSE failures + 1 END
            WHERE id = %s AND fence = %s
            """,
            [wait_seconds, wait_seconds, lane.id, lane.fence],
        )


def end_waits(*, connection: Connection, **_signal: object) -> None:
    """Lets what waits after failures go out now: somebody has saved the connection, and may have mended it."""
    Lane.objects.filter(connection=connection).exclude(due_at=None).update(due_at=Now(), failures=0)


def has_waiting(*, program_id: int | None = None) -> bool:
    """Whether any unit waits in a lane that may be sent."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
              SELECT 1 FROM lane JOIN connections_connection c ON c.id = lane.connection_id
              WHERE lane.due_at IS NOT NULL AND c.is_complete AND c.paused_at IS NULL AND c.stopped_at IS NULL
                AND (%s::bigint IS NULL OR lane.program_id = %s))
            """,
            [program_id, program_id],
        )
        return bool(cursor.fetchone()[0])


def _renew(lane: ClaimedLane) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE lane SET lease_until = now() + %s * interval '1 second' WHERE id = %s AND fence = %s",
            [settings.DELIVERY_LEASE_SECONDS, lane.id, lane.fence],
        )
        if cursor.rowcount != 1:
            raise LeaseLost


def _unit(row: tuple[Any, ...]) -> WaitingUnit:
    sequence, is_maybe_twice, stored_event_id, day, *fields, data = row
    return WaitingUnit(
        sequence=sequence,
        stored_event_id=stored_event_id,
        event_day=day,
        is_maybe_twice=is_maybe_twice,
        event=LoyaltyEvent(**dict(zip(_EVENT_FIELDS, fields, strict=True)), data=orjson.loads(data)),
    )
