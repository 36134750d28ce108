"""Drains a lane: cut, send, store, until nothing waits, something must wait, or the slice is over."""

import logging
import random
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta

import orjson
from django.conf import settings
from django.db import DataError
from django.db import connection as database
from django.utils import timezone

from integrations.connections import services as connections
from integrations.connections.models import Connection
from integrations.delivery import breaker, bulk, fates, lanes, outcomes, pace
from integrations.delivery.backoff import backoff_seconds, stated_wait
from integrations.delivery.batching import Batch
from integrations.delivery.front import Front
from integrations.delivery.lanes import ClaimedLane, NextRequest
from integrations.delivery.moving import move_on
from integrations.delivery.persistence import persist
from integrations.delivery.settling import Request
from integrations.delivery.turns import Turn
from integrations.delivery.verdicts import expired
from integrations.outbound.sessions import session
from integrations.spec import BulkWay, Delivered, Rejected, Retry, Send, Stopped

log = logging.getLogger(__name__)

SLICE_SECONDS = 1.0
# What has been read and mapped when the slice is over would be so in vain, and still goes out within this time.
REST_SECONDS = 0.5
# In the place of a reason that the database does not take.
UNSTORABLE = "refused"


def drain_lane(lane: ClaimedLane) -> float:
    """Sends what waits in a claimed lane for about SLICE_SECONDS, then gives the lane back.

    Gives the seconds that the lane must wait before it goes on, 0 for none.

    Raises LeaseLost when another worker has taken over: nothing was stored then that the other does not know.
    """
    fates.mark_interrupted(lane)
    connection = Connection.objects.select_related("program").get(pk=lane.connection_id)
    end = time.monotonic() + SLICE_SECONDS
    if lane.epoch < connection.lane_epoch:
        while move_on(lane, connection) and time.monotonic() < end:
            pass
        lanes.give_back(lane)
        return 0.0
    front = Front(lane, connection)
    turn = Turn(lane, connection, front, lane.failures, bulk.way_of(connection, front.config))
    try:
        while not turn.is_over and _goes_on(turn, time.monotonic() - end):
            _send_next(turn)
    finally:
        turn.store_rest()
    lanes.give_back(lane, failures=turn.failures, wait_seconds=turn.wait_seconds)
    return turn.wait_seconds


def _goes_on(turn: Turn, seconds_over: float) -> bool:
    return seconds_over < 0 or turn.halving.is_active or (turn.front.holds_request and seconds_over < REST_SECONDS)


def _send_next(turn: Turn) -> None:
    if turn.bulk and not turn.halving.is_active and (markers := turn.front.cut_markers(turn.bulk.limits)):
        turn.store_rest()
        _send_bulk(turn, turn.bulk, markers)
        return
    batch = turn.front.cut(senders=turn.halving.next_size() if turn.halving.is_active else None)
    if not batch.shares:
        turn.is_over = True
    elif batch.records:
        _send(turn, batch)
    else:
        turn.store_rest()
        _settle(turn, batch, refused={}, request=None)


def _send(turn: Turn, batch: Batch) -> None:
    connection = turn.connection
    # A request that is being halved goes on: begun anew after each wait, it would never come to its end.
    if not turn.halving.is_active and (wait := pace.take(connection=connection)):
        turn.wait_seconds, turn.is_over = wait, True
        return
    if request := _ask(turn, batch, connection.spec.send):
        if request.answer.pace:
            pace.note(connection=connection, said=request.answer.pace)
        _conclude(turn, request)


def _send_bulk(turn: Turn, way: BulkWay, batch: Batch) -> None:
    """A refusal ends no more than this way: what it held goes the usual one, at once unless it may have arrived."""
    if not bulk.is_free(turn.connection):
        turn.bulk = None
        return
    request = _ask(turn, batch, way.send)
    if request is None:
        return
    answer = request.answer
    if answer.pace:
        pace.note(connection=turn.connection, said=answer.pace, way=bulk.WAY)
    if isinstance(answer.outcome, Delivered):
        _settle(turn, batch, refused=answer.outcome.refused, request=request)
        return
    turn.bulk = None
    reason = bulk.note_refusal(turn.connection, answer.outcome)
    is_unknown = isinstance(answer.outcome, Retry) and answer.outcome.is_fate_unknown
    persist(lambda: outcomes.store_retry(turn.lane, request.call(reason), unknown=batch if is_unknown else None))
    if is_unknown:
        turn.failures += 1
        turn.wait_seconds, turn.is_over = _backoff(turn), True


def _ask(turn: Turn, batch: Batch, send: Send) -> Request | None:
    """Makes the request; None if the connection has changed, which ends the turn."""
    connection = turn.connection
    if not turn.begin(NextRequest(connection.generation, batch.harmed_by_copy, batch.profiles)):
        turn.is_over = True  # whoever claims the lane next sends with what holds now
        return None
    request_id, started_at = str(uuid.uuid4()), timezone.now()
    database.close()  # a request may take seconds, and connections to the database are few
    answer = send(batch.records, turn.front.config, session())
    request = Request(connection, batch, answer, request_id, started_at, timezone.now())
    log.info(
        "batch kind=%s program=%s units=%d objects=%d status=%d outcome=%s request=%s",
        *(connection.kind, connection.program.code, len(batch.shares), len(batch.records), answer.status),
        *(type(answer.outcome).__name__.lower(), request_id),
    )
    return request


def _conclude(turn: Turn, request: Request) -> None:
    """Stores what the answer means, and decides what this turn does next."""
    match request.answer.outcome:
        case Delivered(refused=refused) if len(refused) == len(request.batch.records) and not turn.connection.is_proven:
            _reject_each(turn, request, refused)
        case Delivered(refused=refused):
            if refused or not turn.is_smooth(request.batch):
                _settle(turn, request.batch, refused=refused, request=request)
            else:
                turn.keep(request)
            _succeed(turn)
        case Rejected(reason=reason):
            _reject(turn, request, reason)
        case Stopped(reason=reason):
            _stop(turn, request, reason)
        case Retry() as retry:
            turn.is_over = True
            unknown = request.batch if retry.is_fate_unknown else None
            persist(lambda: outcomes.store_retry(turn.lane, request.call(retry.reason), unknown=unknown))
            _expire(turn, request.batch, retry.reason)
            _wait(turn, retry)


def _settle(turn: Turn, batch: Batch, *, refused: Mapping[int, str], request: Request | None) -> None:
    try:
        _store(turn, batch, refused, request)
    except (DataError, UnicodeError, orjson.JSONEncodeError):
        # What the other side answered is over; sent again for the sake of its words, it would double for ever.
        log.exception("lane %d stores outcomes without their words", turn.lane.id)
        _store(turn, batch, dict.fromkeys(refused, UNSTORABLE), request)


def _store(turn: Turn, batch: Batch, refused: Mapping[int, str], request: Request | None) -> None:
    settlement = turn.settlement(batch, refused, request)
    persist(settlement.store)
    turn.front.settle(batch, settlement.verdicts, settlement.learned)


def _succeed(turn: Turn) -> None:
    turn.halving.ended(with_refusal=False)
    turn.failures = 0
    connection = turn.connection
    if connection.failures or connection.refusals or not connection.is_proven:
        persist(lambda: breaker.note_success(connection))
        connection.failures = connection.refusals = 0
        connection.proven_generation = connection.generation


def _reject(turn: Turn, request: Request, reason: str) -> None:
    """A refused batch is halved until the bad event stands alone; that one is dead, unless too many are bad alike."""
    batch = request.batch
    if batch.senders > 1:
        turn.halving.refused(batch.senders)
        persist(lambda: outcomes.store_retry(turn.lane, request.call(reason)))
    elif not _stops_alike(turn, request, reason):
        _settle(turn, batch, refused=dict.fromkeys(range(len(batch.records)), reason), request=request)
        turn.halving.ended(with_refusal=True)


def _reject_each(turn: Turn, request: Request, refused: Mapping[int, str]) -> None:
    """An answer that names every object: what would refuse all the rest alike stops the connection before it does."""
    reasons = set(refused.values())
    if len(reasons) == 1 and _stops_alike(turn, request, reasons.pop()):
        return
    _settle(turn, request.batch, refused=refused, request=request)
    turn.halving.ended(with_refusal=False)
    turn.failures = 0


def _stops_alike(turn: Turn, request: Request, reason: str) -> bool:
    connection = turn.connection
    if connection.is_proven:
        return False
    connection.refusals += request.batch.senders
    if alike := breaker.is_refused_alike(connection, reason, events=request.batch.senders):
        _stop(turn, request, f"{connections.MISCONFIGURED}: {reason}")
    return alike


def _stop(turn: Turn, request: Request, reason: str) -> None:
    turn.is_over = True
    # Stopped first: no request may start once the refusal is known.
    persist(lambda: connections.stop(connection=turn.connection, reason=reason))
    persist(lambda: outcomes.store_retry(turn.lane, request.call(reason)))


def _expire(turn: Turn, batch: Batch, reason: str) -> None:
    """What has been tried for too long is dead, and can be replayed."""
    waiting = [turn.front.waiting[share.unit.sequence] for share in batch.shares]
    oldest = timezone.now() - timedelta(hours=settings.DELIVERY_RETRY_HOURS)
    if turn.connection.resumed_at and turn.connection.resumed_at > oldest:
        return
    endings = [expired(unit, reason) for unit in waiting if unit.since < oldest]
    if endings:
        persist(lambda: outcomes.store_expired(turn.lane, turn.connection, batch, endings))


def _wait(turn: Turn, retry: Retry) -> None:
    """A stated wait holds for the connection; without one the lane waits or, with many failures, the connection."""
    connection = turn.connection
    if retry.after is not None:
        wait = stated_wait(retry.after)
        persist(lambda: connections.park(connection=connection, wait=wait))
        if not retry.is_fate_unknown:
            return  # it is well, and busy
    turn.failures += 1
    connection.failures += 1
    if not breaker.note_failure(connection, reason=retry.reason):
        turn.wait_seconds = _backoff(turn)


def _backoff(turn: Turn) -> float:
    return backoff_seconds(
        failures=turn.failures,
        base=settings.DELIVERY_BACKOFF_SECONDS,
        longest=settings.DELIVERY_BACKOFF_MAX_SECONDS,
        chance=random.random(),  # noqa: S311 - jitter, no secret
    )
