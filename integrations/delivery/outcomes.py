"""Stores how a request ended: the units' outcomes, the lane's counters and the call, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations.calls.recording import Call, record_call
from integrations.connections.models import Connection
from integrations.delivery.lanes import ClaimedLane, LeaseLost, WaitingUnit
from integrations.delivery.models import DeliveryOutcome, State


@dataclass(frozen=True, slots=True)
class Ending:
    """How one unit ended. `request_id` is empty for a unit of which nothing was sent."""

    unit: WaitingUnit
    state: State
    reason: str = ""
    notes: Sequence[str] = field(default_factory=tuple)
    is_maybe_twice: bool = False
    request_id: str = ""


def store_endings(lane: ClaimedLane, connection: Connection, endings: Sequence[Ending], call: Call | None) -> None:
    """Ends units from the front of the lane. Raises LeaseLost, and then nothing is stored."""
    counts = Counter(ending.state for ending in endings)
    sequences = [ending.unit.sequence for ending in endings]
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET delivered = delivered + %s, dead = dead + %s, filtered = filtered + %s,
              maybe_twice = maybe_twice + %s, low_water = %s, failures = 0,
              lease_until = now() + %s * interval '1 second'
            WHERE id = %s AND fence = %s AND low_water <= %s
            """,
            [
                *(counts[State.DELIVERED], counts[State.DEAD], counts[State.FILTERED]),
                sum(ending.is_maybe_twice for ending in endings),
                max(sequences) + 1,
                settings.DELIVERY_LEASE_SECONDS,
                *(lane.id, lane.fence, min(sequences)),
            ],
        )
        if cursor.rowcount != 1:
            if _has_ended(lane, max(sequences)):
                return  # stored by an earlier try whose acknowledgement was lost
            raise LeaseLost
        cursor.execute("DELETE FROM delivery WHERE lane_id = %s AND sequence = ANY(%s)", [lane.id, sequences])
        _end_attempt(lane)
        DeliveryOutcome.objects.bulk_create([_outcome(lane, connection, ending) for ending in endings])
        if call:
            record_call(call)


def store_retry(lane: ClaimedLane, call: Call, *, unknown_fate: Sequence[int]) -> None:
    """The request will be repeated; marks the units that may have arrived all the same. Raises LeaseLost."""
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM lane WHERE id = %s AND fence = %s FOR UPDATE", [lane.id, lane.fence])
        if cursor.fetchone() is None:
            raise LeaseLost
        if unknown_fate:
            cursor.execute(
                "UPDATE delivery SET is_maybe_twice = true WHERE lane_id = %s AND sequence = ANY(%s)",
                [lane.id, list(unknown_fate)],
            )
        _end_attempt(lane)
        record_call(call)


def _has_ended(lane: ClaimedLane, last_sequence: int) -> bool:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM lane WHERE id = %s AND fence = %s AND low_water > %s", [lane.id, lane.fence, last_sequence]
        )
        return cursor.fetchone() is not None


def _end_attempt(lane: ClaimedLane) -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM attempt WHERE lane_id = %s AND fence = %s", [lane.id, lane.fence])


def _outcome(lane: ClaimedLane, connection: Connection, ending: Ending) -> DeliveryOutcome:
    now = timezone.now()
    unit = ending.unit
    return DeliveryOutcome(
        day=now.date(),
        at=now,
        program_id=connection.program_id,
        connection_id=connection.pk,
        lane_id=lane.id,
        sequence=unit.sequence,
        stored_event_id=unit.stored_event_id,
        event_day=unit.event_day,
        event_id=unit.event.event_id,
        account_id=unit.event.account_id,
        type=unit.event.type,
        state=ending.state,
        reason=ending.reason,
        is_maybe_twice=ending.is_maybe_twice,
        request_id=ending.request_id,
        notes=list(ending.notes),
    )
