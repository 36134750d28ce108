"""Works off a replay in chunks: each moves units back to waiting, at the end of the lane of their profile today.

A chunk is one transaction that holds the job's row and all lanes concerned, so the ledger adds up at every moment, two
processes take turns, and one that is killed leaves the rest to be done.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import orjson
from django.db import OperationalError, transaction
from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery import wakeups
from integrations.delivery.intake import lane_number, make_lanes
from integrations.delivery.lanes import EVENT_FIELDS, locked, stored_event
from integrations.delivery.models import DeliveryOutcome, Lane, State
from integrations.delivery.replay import Selection, choose
from integrations.delivery.replay_models import ReplayJob, ReplayState, ReplayUnit
from integrations.delivery.trials import parts_left
from loyalty_api.contract import LoyaltyEvent

CHUNK = 500
TURN_SECONDS = 0.05
PATIENCE_SECONDS = 15.0


class _Move(NamedTuple):
    """A unit on its way from the lane in which it ended to another, or the same one."""

    unit: ReplayUnit
    lane_id: int


class PutBack(NamedTuple):
    """How many units were not put back: the event or connection of some is gone, others have been put back before."""

    gone: int
    skipped: int


def run(*, job: ReplayJob, report: Callable[[ReplayJob], object] = lambda _job: None) -> ReplayJob:
    """Works until the job is done, paused or cancelled."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            found = advance(job_id=job.pk)
            end = time.monotonic() + PATIENCE_SECONDS
        except OperationalError:  # the database was away, or two transactions waited for each other
            if time.monotonic() > end:
                raise
            database.close()
            found = None
        if found is None:
            time.sleep(TURN_SECONDS)
            continue
        report(found)
        if found.state != ReplayState.RUNNING:
            return found


def run_all(*, seconds: float) -> None:
    """Works on each running job for so long at most; leaves alone those that another process has in hand."""
    for job_id in list(ReplayJob.objects.filter(state=ReplayState.RUNNING).values_list("pk", flat=True)):
        end = time.monotonic() + seconds
        job = advance(job_id=job_id)
        while job and job.state == ReplayState.RUNNING and time.monotonic() < end:
            job = advance(job_id=job_id)


def advance(*, job_id: int, limit: int = CHUNK) -> ReplayJob | None:
    """Puts the next units back. None: another process has the job in hand."""
    connections = _connections(job_id)
    # Beforehand: to make a lane may mean to wait for somebody who waits for a lane that is locked here.
    for connection in connections.values():
        make_lanes(connection)
    with transaction.atomic():
        job = ReplayJob.objects.select_for_update(skip_locked=True).select_related("program").filter(pk=job_id).first()
        if job is None or job.state != ReplayState.RUNNING:
            return job
        if not job.is_chosen:
            choose(job, Selection.from_dict(job.selection))
            return job
        units = list(ReplayUnit.objects.filter(job_id=job.pk, place__gt=job.cursor).order_by("place")[:limit])
        if units:
            _work_off(job, units, connections)
        if len(units) < limit:
            job.state = ReplayState.DONE
        job.save(update_fields=["state", "cursor", "done", "gone", "skipped", "updated_at"])
        concerned = {unit.connection_id for unit in units}
        transaction.on_commit(lambda: wakeups.wake(concerned), robust=True)
    return job


def _connections(job_id: int) -> dict[int, Connection]:
    found = Connection.objects.filter(program__replay_jobs=job_id).defer("secrets").select_related("program")
    return {connection.pk: connection for connection in found}


def put_back(
    units: Sequence[ReplayUnit], connections: Mapping[int, Connection], *, job_id: int | None = None
) -> PutBack:
    """Moves units that have ended back to waiting, in the caller's transaction, whose connections have their lanes."""
    moves = _moves(units, connections)
    concerned = {move.unit.lane_id for move in moves} | {move.lane_id for move in moves}
    locked(Lane.objects.filter(pk__in=concerned))
    ended = _take_outcomes([move.unit for move in moves], job_id)
    taken = [move for move in moves if move.unit.outcome_id in ended]
    _insert(taken, ended)
    _count(taken, ended)
    return PutBack(gone=len(units) - len(moves), skipped=len(moves) - len(taken))


def _work_off(job: ReplayJob, units: Sequence[ReplayUnit], connections: Mapping[int, Connection]) -> None:
    found = put_back(units, connections, job_id=job.pk)
    job.cursor = units[-1].place
    job.done += len(units)
    job.gone += found.gone
    job.skipped += found.skipped
    ReplayUnit.objects.filter(job_id=job.pk, place__lte=job.cursor).delete()


def _moves(units: Sequence[ReplayUnit], connections: Mapping[int, Connection]) -> list[_Move]:
    """Where each unit belongs today. Without those whose event or connection is gone."""
    events = _events(units)
    lanes = {
        (lane.connection_id, lane.epoch, lane.number): lane.pk
        for lane in Lane.objects.filter(connection__in=connections.values())
    }
    moves = []
    for unit in units:
        event, connection = events.get(unit.stored_event_id), connections.get(unit.connection_id)
        if event and connection:
            number = lane_number(connection.spec.profile_key(event, connection.config))
            moves.append(_Move(unit, lanes[connection.pk, connection.lane_epoch, number]))
    return moves


def _events(units: Sequence[ReplayUnit]) -> dict[int, LoyaltyEvent]:
    """By day, so that only the partitions concerned are read."""
    keys: dict[date, list[int]] = defaultdict(list)
    for unit in units:
        keys[unit.event_day].append(unit.stored_event_id)
    found: dict[int, LoyaltyEvent] = {}
    with database.cursor() as cursor:
        for day, ids in keys.items():
            cursor.execute(
                f"SELECT id, {', '.join(EVENT_FIELDS)}, data FROM loyalty_event WHERE day = %s AND id = ANY(%s)",  # noqa: S608 - constants
                [day, ids],
            )
            found |= {pk: stored_event(fields, data) for pk, *fields, data in cursor.fetchall()}
    return found


def _take_outcomes(units: Sequence[ReplayUnit], job_id: int | None) -> dict[int, DeliveryOutcome]:
    """Marks outcomes as replayed, and gives those that nobody has marked before."""
    keys: dict[date, list[int]] = defaultdict(list)
    for unit in units:
        keys[unit.outcome_day].append(unit.outcome_id)
    taken: set[int] = set()
    found: dict[int, DeliveryOutcome] = {}
    with database.cursor() as cursor:
        for day, ids in keys.items():
            cursor.execute(
                """
                UPDATE delivery_outcome SET replayed_at = now(), replay_job_id = %s
                WHERE day = %s AND id = ANY(%s) AND replayed_at IS NULL RETURNING id
                """,
                [job_id, day, ids],
            )
            taken |= {pk for (pk,) in cursor.fetchall()}
            found |= {row.pk: row for row in DeliveryOutcome.objects.filter(day=day, pk__in=ids)}
    return {pk: row for pk, row in found.items() if pk in taken}


def _insert(moves: Sequence[_Move], ended: dict[int, DeliveryOutcome]) -> None:
    """At the end of each lane, in the order given. Of a dead unit only the parts that were refused."""
    outcomes = [ended[move.unit.outcome_id] for move in moves]
    with database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO delivery (lane_id, sequence, event_id, day, is_maybe_twice, parts)
            SELECT lane.id, lane.next_sequence - 1 + row_number() OVER (PARTITION BY lane.id ORDER BY place),
              event_id, day, is_maybe_twice, parts
            FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::bool[], %s::jsonb[])
              WITH ORDINALITY AS moved(lane_id, event_id, day, is_maybe_twice, parts, place)
            JOIN lane ON lane.id = moved.lane_id
            """,
            [
                [move.lane_id for move in moves],
                [move.unit.stored_event_id for move in moves],
                [move.unit.event_day for move in moves],
                [row.state == State.DELIVERED or row.is_maybe_twice for row in outcomes],
                [_parts(row) for row in outcomes],
            ],
        )


def _parts(outcome: DeliveryOutcome) -> str | None:
    left = parts_left(outcome)
    return None if left is None else orjson.dumps(sorted(left)).decode()


def _count(moves: Sequence[_Move], ended: dict[int, DeliveryOutcome]) -> None:
    """Takes each unit out of the count of how it ended; where it was accepted goes with it."""
    changes: dict[int, Counter[str]] = defaultdict(Counter)
    for move in moves:
        outcome = ended[move.unit.outcome_id]
        changes[move.lane_id]["accepted"] += 1
        changes[move.lane_id]["arrived"] += 1
        changes[move.unit.lane_id]["accepted"] -= 1
        changes[move.unit.lane_id][outcome.state] -= 1
        changes[move.unit.lane_id]["maybe_twice"] -= outcome.is_maybe_twice
    names = ("accepted", "delivered", "dead", "filtered", "maybe_twice", "arrived")
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lane SET accepted = lane.accepted + d.accepted, delivered = lane.delivered + d.delivered,
              dead = lane.dead + d.dead, filtered = lane.filtered + d.filtered,
              maybe_twice = lane.maybe_twice + d.maybe_twice, next_sequence = next_sequence + d.arrived,
              due_at = CASE WHEN d.arrived > 0 THEN COALESCE(due_at, now()) ELSE due_at END
            FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[])
              AS d(id, accepted, delivered, dead, filtered, maybe_twice, arrived)
            WHERE lane.id = d.id
            """,
            [list(changes), *([change[name] for change in changes.values()] for name in names)],
        )
