"""Sends again what has ended: chooses units, says what that will mean, begins, pauses and ends the job.

A unit is what its newest outcome says; `replayed_at` on it keeps anybody from putting the unit back a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db import connection as database

from integrations.delivery.models import State
from integrations.delivery.replay_models import OPEN_STATES, ReplayJob, ReplayState
from integrations.delivery.standing import UNITS_PER_SECOND
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Program

# A cautious guess for the plan: what one worker delivers to a Braze that takes its usual time.

_CHOSEN = """
FROM delivery_outcome o
JOIN connections_connection c ON c.id = o.connection_id
LEFT JOIN loyalty_event e ON e.id = o.stored_event_id AND e.day = o.event_day
WHERE o.program_id = %(program)s AND o.replayed_at IS NULL AND {conditions}
"""
# Constants of ours and no values: only so does the database see that an index of few rows will do.
_OF_CONNECTIONS = "o.connection_id = ANY(ARRAY(SELECT id FROM connections_connection WHERE program_id = %(program)s))"


class ReplayUnderWay(Exception):
    """The program has an open job, which must be done or cancelled first."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which units: of these states and event types (none named: all), of one member, of events accepted in a time.

    Of one `cause` (see `causes`), and of one connection instead of all of the program; `is_maybe_twice` chooses those
    that may have arrived already.
    """

    states: tuple[State, ...] = (State.DEAD,)
    types: tuple[str, ...] = ()
    account_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    cause: str = ""
    connection_id: int | None = None
    is_maybe_twice: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "states": [str(state) for state in self.states],
            "types": list(self.types),
            "account_id": self.account_id,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "cause": self.cause,
            "connection": self.connection_id,
            "maybe_twice": self.is_maybe_twice,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Selection":
        since, until = kept["since"], kept["until"]
        return cls(
            states=tuple(State(state) for state in kept["states"]),
            types=tuple(kept["types"]),
            account_id=kept["account_id"],
            since=datetime.fromisoformat(since) if since else None,
            until=datetime.fromisoformat(until) if until else None,
            cause=kept["cause"],
            connection_id=kept["connection"],
            is_maybe_twice=kept.get("maybe_twice", False),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay would do. `gone` units cannot be sent: their events are not kept any more."""

    units: int = 0
    maybe_twice: int = 0
    gone: int = 0
    members: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    connections: Mapping[str, int] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """How long the units may take to arrive, roughly."""
        return -(-self.units // UNITS_PER_SECOND)

    def as_dict(self) -> dict[str, Any]:
        return {
            "units": self.units,
            "maybe_twice": self.maybe_twice,
            "gone": self.gone,
            "members": self.members,
            "states": dict(self.states),
            "connections": dict(self.connections),
            "seconds": self.seconds,
        }


def plan(*, program: Program, selection: Selection) -> Plan:
    """Counts what a replay would take; changes nothing."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT c.kind, o.state, count(e.id),
              count(e.id) FILTER (WHERE o.state = 'delivered' OR o.is_maybe_twice), count(*) - count(e.id)
            {chosen(selection)} GROUP BY c.kind, o.state ORDER BY c.kind, o.state
            """,
            parameters(program, selection),
        )
        rows = cursor.fetchall()
        cursor.execute(
            f"SELECT count(DISTINCT o.account_id) {chosen(selection)} AND e.id IS NOT NULL",
            parameters(program, selection),
        )
        members = int(cursor.fetchone()[0])
    states: dict[str, int] = {}
    connections: dict[str, int] = {}
    for kind, state, units, _maybe_twice, _gone in rows:
        states[state] = states.get(state, 0) + units
        connections[kind] = connections.get(kind, 0) + units
    return Plan(
        units=sum(row[2] for row in rows),
        maybe_twice=sum(row[3] for row in rows),
        gone=sum(row[4] for row in rows),
        members=members,
        states=states,
        connections=connections,
    )


def begin(*, program: Program, selection: Selection, actor: Actor, is_large: bool = False) -> ReplayJob:
    """Chooses the units and stores them as a job, which `replay_steps` works off. Raises ReplayUnderWay.

    Of a large one the workers choose them, since nobody should wait for it.
    """
    try:
        with transaction.atomic():
            job = ReplayJob.objects.create(program=program, selection=selection.as_dict(), is_chosen=not is_large)
            if not is_large:
                choose(job, selection)
            record(
                actor=actor,
                action="replay.begun",
                subject=str(job.pk),
                program=program.code,
                after={**job.selection, "units": job.total},
            )
            return job
    except IntegrityError:
        raise ReplayUnderWay from None


def choose(job: ReplayJob, selection: Selection) -> None:
    """In the caller's transaction, who holds the job."""
    job.total = _choose(job, selection)
    job.state = ReplayState.RUNNING if job.total else ReplayState.DONE
    job.is_chosen = True
    job.save(update_fields=["total", "state", "is_chosen", "updated_at"])


def open_job(*, program: Program) -> ReplayJob | None:
    return ReplayJob.objects.filter(program=program, state__in=OPEN_STATES).first()


def pause(*, job: ReplayJob, actor: Actor) -> bool:
    """Holds the job back until `go_on`; what it has put back is sent all the same. Whether it was running."""
    return _switch(job, ReplayState.PAUSED, {ReplayState.RUNNING}, actor)


def go_on(*, job: ReplayJob, actor: Actor) -> bool:
    return _switch(job, ReplayState.RUNNING, {ReplayState.PAUSED}, actor)


def cancel(*, job: ReplayJob, actor: Actor) -> bool:
    """Ends the job; what it has not put back stays as it ended. Whether it was open."""
    return _switch(job, ReplayState.CANCELLED, set(OPEN_STATES), actor)


@transaction.atomic
def _switch(job: ReplayJob, state: ReplayState, before: set[ReplayState], actor: Actor) -> bool:
    held = ReplayJob.objects.select_for_update().select_related("program").get(pk=job.pk)
    if held.state not in before:
        return False
    held.state = state
    held.save(update_fields=["state", "updated_at"])
    if state == ReplayState.CANCELLED:
        held.units.all().delete()
    record(
        actor=actor,
        action=f"replay.{state}",
        subject=str(held.pk),
        program=held.program.code,
        after={"done": held.done, "total": held.total},
    )
    return True


def _choose(job: ReplayJob, selection: Selection) -> int:
    """In the order of acceptance, which the keys of the events follow for each profile."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO replay_unit (job_id, place, outcome_id, outcome_day, lane_id, connection_id, stored_event_id,
                                     event_day)
            SELECT %(job)s, row_number() OVER (ORDER BY o.stored_event_id, o.connection_id, o.id),
              o.id, o.day, o.lane_id, o.connection_id, o.stored_event_id, o.event_day
            {chosen(selection)} AND e.id IS NOT NULL
            """,
            parameters(job.program, selection) | {"job": job.pk},
        )
        return int(cursor.rowcount)


def chosen(selection: Selection) -> str:
    """Only the conditions that are asked for, or none of them could be looked up in an index."""
    states = [state.value for state in State if state in selection.states]
    conditions = [f"o.state IN ({', '.join(repr(state) for state in states)})" if states else "false"]
    if State.DELIVERED not in selection.states:
        conditions.append("o.state <> 'delivered'")
    conditions.append(_OF_CONNECTIONS if selection.connection_id is None else "o.connection_id = %(connection)s")
    optional = {
        "o.type = ANY(%(types)s)": selection.types,
        "o.account_id = %(account)s": selection.account_id,
        "o.is_maybe_twice": selection.is_maybe_twice,
        "outcome_cause(o.reason) = %(cause)s": selection.cause,
        # An event ends on the day of its acceptance at the earliest.
        "o.day >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date": selection.since,
        "COALESCE(e.accepted_at, o.event_day) >= %(since)s": selection.since,
        "COALESCE(e.accepted_at, o.event_day) < %(until)s": selection.until,
    }
    conditions += [condition for condition, wanted in optional.items() if wanted]
    return _CHOSEN.format(conditions=" AND ".join(conditions))


def parameters(program: Program, selection: Selection) -> dict[str, Any]:
    return {
        "program": program.pk,
        "types": list(selection.types),
        "account": selection.account_id,
        "since": selection.since,
        "until": selection.until,
        "cause": selection.cause,
        "connection": selection.connection_id,
    }
