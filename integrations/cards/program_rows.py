"""What the programs' list shows, in a fixed number of queries: of each program its worst integration, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.delivery.models import Lane, State
from integrations.delivery.unattended import unattended_since
from integrations.frame.health import LATELY, Lately
from integrations.frame.state import CardState, state_of
from selfservice.accounts.models import User
from selfservice.programs.models import Membership, Program, Role

_HOUR = timedelta(hours=1)
# From the worst to the best.
_TONES = ("bad", "warn", "calm", "good")

# The counts know of each hour whether there was anything, so that no log is looked through.
_LAST_HOURS = """
SELECT p.id, greatest(
    (SELECT hour FROM call_hour_count WHERE program_id = p.id ORDER BY hour DESC LIMIT 1),
    (SELECT max(hour) FROM call_delta WHERE program_id = p.id),
    (SELECT hour FROM outcome_count WHERE program_id = p.id ORDER BY hour DESC LIMIT 1),
    (SELECT max(hour) FROM outcome_delta WHERE program_id = p.id))
  FROM programs_program p WHERE p.id = ANY(%(programs)s)
"""
_LATELY = """
SELECT connection_id, state, sum(events)::bigint FROM (
    SELECT connection_id, state, events FROM outcome_count WHERE program_id = ANY(%(programs)s) AND hour >= %(since)s
    UNION ALL
    SELECT connection_id, state, events FROM outcome_delta WHERE program_id = ANY(%(programs)s) AND hour >= %(since)s
) AS ended GROUP BY connection_id, state
"""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """`title` is of the integration whose state is the worst; `active_at` the end of the hour in which there last was
    an event or a call, or now."""

    program: Program
    role: str
    state: CardState
    title: str
    active_at: datetime | None


def program_rows(*, user: User, programs: Sequence[Program]) -> list[ProgramRow]:
    roles = dict(Membership.objects.filter(user=user, program__in=programs).values_list("program_id", "role"))
    states, active = _worst_states(programs), _last_activity(programs)
    return [
        # An operator needs no role to see a program, and acts in it as an admin.
        ProgramRow(
            program, str(Role(roles.get(program.pk, Role.ADMIN)).label), *states[program.pk], active.get(program.pk)
        )
        for program in programs
    ]


def _worst_states(programs: Sequence[Program]) -> dict[int, tuple[CardState, str]]:
    connections = list(Connection.objects.filter(program__in=programs).select_related("program"))
    lately = _lately(programs, connections)
    found: dict[int, list[tuple[CardState, str]]] = {program.pk: [] for program in programs}
    for row in connections:
        is_streaming = row.status == "active"
        state = state_of(spec=row.spec, connection=row, lately=lately.get(row.pk) if is_streaming else None)
        found[row.program_id].append((state, row.spec.title))
    return {pk: min(states, key=_rank) if states else (_unconnected(), "") for pk, states in found.items()}


def _rank(stated: tuple[CardState, str]) -> tuple[int, bool]:
    state = stated[0]
    return _TONES.index(state.tone), not state.is_urgent


def _unconnected() -> CardState:
    sentence = _("No integration is connected yet.")
    return CardState("calm", "circle", _("Not connected"), sentence, _("Open"), is_urgent=False)


def _lately(programs: Sequence[Program], connections: Iterable[Connection]) -> Mapping[int, Lately]:
    """As `health.lately_of`, of many at once."""
    counts: dict[int, dict[str, int]] = {}
    values: dict[str, Any] = {"programs": [program.pk for program in programs], "since": timezone.now() - LATELY}
    with database.cursor() as cursor:
        cursor.execute(_LATELY, values)
        for connection_id, state, events in cursor.fetchall():
            counts.setdefault(connection_id, {})[state] = events
    unattended = unattended_since(program_ids=[program.pk for program in programs])
    lanes = Lane.objects.filter(connection__in=connections).order_by().values("connection_id")
    dead = dict(lanes.annotate(sum=Sum("dead")).values_list("connection_id", "sum"))
    return {
        pk: Lately(states.get(State.DELIVERED, 0), min(states.get(State.DEAD, 0), dead.get(pk, 0)), unattended.get(pk))
        for pk, states in ((pk, counts.get(pk, {})) for pk in counts.keys() | unattended.keys())
    }


def _last_activity(programs: Sequence[Program]) -> dict[int, datetime]:
    now = timezone.now()
    with database.cursor() as cursor:
        cursor.execute(_LAST_HOURS, {"programs": [program.pk for program in programs]})
        return {pk: min(now, hour + _HOUR) for pk, hour in cursor.fetchall() if hour is not None}
