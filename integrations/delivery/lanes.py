"""Claims lanes, reads their next units, renews and gives back the lease. The clock is the database's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import orjson
from django.conf import settings
from django.db import connection as database
from django.db.models import QuerySet
from django.db.models.functions import Now

from integrations.connections.models import Connection
from integrations.delivery.models import Lane
from loyalty_api.contract import LoyaltyEvent

# In the order of LoyaltyEvent's own; its `data` stands between account and user.
EVENT_FIELDS = (
    "event_id",
    "type",
    "occurred_at",
    "account_id",
    "user_id",
    "partner_id",
    "member_role",
    "external_code",
)

# What one reading takes into memory at most; a single event has no more than 256 KiB.
READ_BYTES = 8_000_000


class LeaseLost(Exception):
    """Another worker holds the lane now; nothing may be written for it here."""


class ConnectionChanged(Exception):
    """The connection was saved, paused, stopped or parked since its configuration was read."""


@dataclass(frozen=True, slots=True)
class ClaimedLane:
    """The right to send one lane's units, good while nobody has raised `fence` further."""

    id: int
    connection_id: int
    fence: int
    failures: int
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class NextRequest:
    """What is written down of a request before it starts: made for the connection as it was at `generation`, and with
    the units and the profiles that a second copy of it would concern."""

    generation: int
    sequences: Sequence[int]
    profiles: Sequence[str]

    @property
    def values(self) -> dict[str, Any]:
        """The values of MAY_SEND and of an attempt's row."""
        return {
            "generation": self.generation,
            "sequences": orjson.dumps(list(self.sequences)).decode(),
            "profiles": orjson.dumps(list(self.profiles)).decode(),
        }


# Of a connection `c`; and the row of whoever begins, from what stands in the lane `held`.
MAY_SEND = """c.generation = %(generation)s AND c.is_complete AND c.paused_at IS NULL AND c.stopped_at IS NULL
    AND (c.parked_until IS NULL OR c.parked_until <= now())"""
BEGIN = """
INSERT INTO attempt (lane_id, fence, sequences, profiles, started_at)
SELECT id, %(fence)s, %(sequences)s::jsonb, %(profiles)s::jsonb, now() FROM {held}
ON CONFLICT (lane_id) DO UPDATE
SET fence = excluded.fence, sequences = excluded.sequences, profiles = excluded.profiles,
    started_at = excluded.started_at
"""


class WaitingUnit(msgspec.Struct, frozen=True):
    """One unit as it stands in the lane. `parts` and `refused` as in Delivery."""

    sequence: int
    stored_event_id: int
    event_day: date
    since: datetime
    is_maybe_twice: bool
    parts: frozenset[str] | None
    refused: Mapping[str, str]
    event: LoyaltyEvent
    is_marker: bool = False


def claim(lane_id: int) -> ClaimedLane | None:
    """Claims a lane that is free, due or not, whatever its connection is doing."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET lease_until = now() + %s * interval '1 second', fence = fence + 1
            WHERE id = %s AND (lease_until IS NULL OR lease_until < now()) RETURNING id, connection_id, fence, failures
            """,
            [settings.DELIVERY_LEASE_SECONDS, lane_id],
        )
        row = cursor.fetchone()
        return ClaimedLane(*row) if row else None


def begin_attempt(lane: ClaimedLane, request: NextRequest) -> None:
    """Renews the lease and writes down that a request starts, before it does.

    Raises LeaseLost, and ConnectionChanged when the connection is not as it was or may not send.
    """
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            WITH held AS (
              UPDATE lane SET lease_until = now() + %(lease)s * interval '1 second'
              FROM connections_connection c
              WHERE lane.id = %(lane)s AND lane.fence = %(fence)s AND c.id = lane.connection_id AND {MAY_SEND}
              RETURNING lane.id)
            {BEGIN.format(held="held")}
            """,  # noqa: S608 - the texts are the constants above
            {"lease": settings.DELIVERY_LEASE_SECONDS, "lane": lane.id, "fence": lane.fence, **request.values},
        )
        if cursor.rowcount == 1:
            return
        cursor.execute("SELECT 1 FROM lane WHERE id = %s AND fence = %s", [lane.id, lane.fence])
        raise ConnectionChanged if cursor.fetchone() else LeaseLost


def give_back(lane: ClaimedLane, *, failures: int = 0, wait_seconds: float = 0) -> None:
    """Ends the lease; what waits in the lane is due after the wait. `failures` are those since the last success."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET lease_until = NULL,
              due_at = CASE WHEN accepted + markers > delivered + dead + filtered
                            THEN now() + %s * interval '1 second' END,
              failures = %s
            WHERE id = %s AND fence = %s
            """,
            [wait_seconds, failures, lane.id, lane.fence],
        )


def release(lanes: Sequence[ClaimedLane]) -> None:
    """Ends leases: what was under way is found by whoever claims the lane next, at the next sweep and not at once,
    since the same may happen again."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET lease_until = NULL, due_at = GREATEST(due_at, now() + %s * interval '1 second')
            FROM unnest(%s::bigint[], %s::bigint[]) AS held(id, fence)
            WHERE lane.id = held.id AND lane.fence = held.fence
            """,
            [settings.DELIVERY_SWEEP_SECONDS, [lane.id for lane in lanes], [lane.fence for lane in lanes]],
        )


def end_waits(*, connection: Connection, **_signal: object) -> None:
    """Lets what waits after failures go out now: somebody has saved the connection, and may have mended it."""
    waiting = Lane.objects.filter(connection=connection).exclude(due_at=None)
    Lane.objects.filter(pk__in=locked(waiting)).update(due_at=Now(), failures=0)


def locked(rows: QuerySet[Lane]) -> list[int]:
    """Locks lanes in ascending order, as everybody does who holds several, and gives their ids."""
    return list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


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


def stored_event(fields: Sequence[Any], data: str) -> LoyaltyEvent:
    """An event from the columns EVENT_FIELDS and `data` of its row."""
    event_id, type_, occurred_at, account_id, *others = fields
    return LoyaltyEvent(event_id, type_, occurred_at, account_id, orjson.loads(data), *others)
