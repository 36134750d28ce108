"""Drains a lane: read, map, cut, send, store, until nothing waits, something must wait, or the slice is over."""

import logging
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.utils import timezone

from integrations.calls.models import Direction
from integrations.calls.recording import Call
from integrations.connections import services as connections
from integrations.connections.models import Connection
from integrations.delivery import lanes, outcomes
from integrations.delivery.backoff import backoff_seconds, stated_wait
from integrations.delivery.batching import Batch, MappedUnit, Unmappable, cut
from integrations.delivery.lanes import ClaimedLane, WaitingUnit
from integrations.delivery.models import State
from integrations.delivery.outcomes import Ending
from integrations.delivery.splitting import Halving
from integrations.outbound.sessions import session
from integrations.spec import Answer, Delivered, Filtered, Mapped, Outcome, Rejected, Retry, Stopped

log = logging.getLogger(__name__)

SLICE_SECONDS = 1.0


@dataclass(slots=True)
class _Drain:
    """One turn with one lane. `wait_seconds` is set when the lane must wait before it goes on."""

    lane: ClaimedLane
    failures: int
    halving: Halving = field(default_factory=Halving)
    wait_seconds: float | None = None
    is_over: bool = False


def drain_lane(lane: ClaimedLane) -> None:
    """Sends what waits in a claimed lane for about SLICE_SECONDS, then gives the lane back.

    Raises LeaseLost when another worker has taken over: nothing was stored then that the other does not know.
    """
    drain = _Drain(lane, lane.failures)
    lanes.mark_unknown_fate(lane)
    end = time.monotonic() + SLICE_SECONDS
    while not drain.is_over and (time.monotonic() < end or drain.halving.is_active):
        _send_next(drain)
    lanes.give_back(lane, wait_seconds=drain.wait_seconds)


def _send_next(drain: _Drain) -> None:
    connection = Connection.objects.select_related("program").get(pk=drain.lane.connection_id)
    if connection.status != "active" or connection.is_parked(timezone.now()):
        drain.is_over = True
        return
    config = connection.load_config()
    limits = connection.spec.limits(config)
    size = drain.halving.next_size() if drain.halving.is_active else limits.objects
    units = lanes.read_next(drain.lane, limit=size)
    if not units:
        drain.is_over = True
        return
    batch = cut([_mapped(connection, config, unit) for unit in units], limits)
    waiting = {unit.sequence: unit for unit in units}
    if batch.records:
        _send(drain, connection, config, batch, waiting)
    else:
        outcomes.store_endings(drain.lane, connection, _endings(batch, waiting, {}, ""), None)
        drain.halving.ended(with_refusal=False)


def _mapped(connection: Connection, config: object, unit: WaitingUnit) -> MappedUnit:
    result: Mapped | Filtered | Unmappable
    try:
        result = connection.spec.map_event(unit.event, config)
    except KeyError as error:
        result = Unmappable(f"mapping_failed: {error.args[0]} is missing")
    except Exception:  # a fault in a mapping ends one event, which can be replayed, and not the lane behind it
        log.exception("mapping failed kind=%s event=%s", connection.kind, unit.event.event_id)
        result = Unmappable("mapping_failed")
    return MappedUnit(unit.sequence, result)


def _send(drain: _Drain, connection: Connection, config: object, batch: Batch, waiting: dict[int, WaitingUnit]) -> None:
    harmed = [unit.sequence for unit in batch.units if unit.is_harmed_by_copy]
    lanes.begin_attempt(drain.lane, sequences=harmed)
    call = _Started(str(uuid.uuid4()), timezone.now())
    database.close()  # a request may take seconds, and connections to the database are few
    answer = connection.spec.send(batch.records, config, session())
    log.info(
        "batch kind=%s program=%s units=%d objects=%d status=%d outcome=%s request=%s",
        *(connection.kind, connection.program.code, len(batch.units), len(batch.records), answer.status),
        *(type(answer.outcome).__name__.lower(), call.request_id),
    )
    _steer(drain, batch, answer.outcome)
    stored = _Sent(drain, connection, batch, waiting, answer, call)
    _persist(stored)


@dataclass(frozen=True, slots=True)
class _Started:
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request that is over, with all that its outcome is stored from."""

    drain: _Drain
    connection: Connection
    batch: Batch
    waiting: dict[int, WaitingUnit]
    answer: Answer
    started: _Started

    def call(self, reason: str) -> Call:
        return Call(
            program_id=self.connection.program_id,
            kind=self.connection.kind,
            direction=Direction.OUT,
            method="POST",
            path=self.answer.path,
            endpoint=self.answer.path.strip("/"),
            status=self.answer.status,
            started_at=self.started.at,
            request_id=self.started.request_id,
            units=len(self.batch.units),
            error=reason,
            request_body=self.answer.request_body,
            response_body=self.answer.response_body,
        )


def _steer(drain: _Drain, batch: Batch, outcome: Outcome) -> None:
    """Decides what this turn does next."""
    match outcome:
        case Delivered():
            drain.failures = 0
            drain.halving.ended(with_refusal=False)
        case Rejected() if len(batch.units) > 1:
            drain.halving.refused(len(batch.units))
        case Rejected():
            drain.halving.ended(with_refusal=True)
        case Stopped():
            drain.is_over = True
        case Retry(after=after):
            drain.is_over = True
            drain.wait_seconds = stated_wait(after).total_seconds() if after is not None else _backoff(drain)


def _backoff(drain: _Drain) -> float:
    return backoff_seconds(
        failures=drain.failures,
        base=settings.DELIVERY_BACKOFF_SECONDS,
        longest=settings.DELIVERY_BACKOFF_MAX_SECONDS,
        chance=random.random(),  # noqa: S311 - jitter, no secret
    )


def _persist(sent: _Sent) -> None:
    """Stores the outcome, trying again while the database is away and the lease lasts: the request has been sent, and
    its fate would be unknown to whoever takes the lane over."""
    end = time.monotonic() + settings.DELIVERY_LEASE_SECONDS
    while True:
        try:
            with transaction.atomic():
                return _store(sent)
        except (OperationalError, InterfaceError):
            if time.monotonic() > end:
                raise
            database.close()
            time.sleep(0.2)


def _store(sent: _Sent) -> None:
    lane, connection, batch = sent.drain.lane, sent.connection, sent.batch
    request_id = sent.started.request_id
    match sent.answer.outcome:
        case Delivered(refused=refused):
            endings = _endings(batch, sent.waiting, refused, request_id)
            outcomes.store_endings(lane, connection, endings, sent.call("; ".join(dict.fromkeys(refused.values()))))
        case Rejected(reason=reason) if len(batch.units) > 1:
            outcomes.store_retry(lane, sent.call(reason), unknown_fate=())
        case Rejected(reason=reason):
            refused = dict.fromkeys(range(len(batch.records)), reason)
            outcomes.store_endings(
                lane, connection, _endings(batch, sent.waiting, refused, request_id), sent.call(reason)
            )
        case Stopped(reason=reason):
            outcomes.store_retry(lane, sent.call(reason), unknown_fate=())
            connections.stop(connection=connection, reason=reason, generation=connection.generation)
        case Retry(reason=reason, after=after, is_fate_unknown=is_unknown):
            harmed = [unit.sequence for unit in batch.units if unit.is_harmed_by_copy]
            outcomes.store_retry(lane, sent.call(reason), unknown_fate=harmed if is_unknown else ())
            if after is not None:
                connections.park(connection=connection, wait=stated_wait(after))


def _endings(
    batch: Batch, waiting: Mapping[int, WaitingUnit], refused: Mapping[int, str], request_id: str
) -> list[Ending]:
    return [_ending(unit, waiting[unit.sequence], refused, request_id) for unit in batch.units]


def _ending(unit: MappedUnit, waiting: WaitingUnit, refused: Mapping[int, str], request_id: str) -> Ending:
    match unit.result:
        case Filtered(reason=reason):
            return Ending(waiting, State.FILTERED, reason)
        case Unmappable(reason=reason):
            return Ending(waiting, State.DEAD, reason)
        case Mapped(notes=notes):
            places = range(unit.place, unit.place + len(unit.records))
            reasons = "; ".join(dict.fromkeys(refused[place] for place in places if place in refused))
            state = State.DEAD if reasons else State.DELIVERED
            return Ending(waiting, state, reasons, notes, waiting.is_maybe_twice, request_id)
