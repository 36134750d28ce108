"""Reads what the programs' list and a program's page show, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils import timezone

from integrations.cards.figures import Ledger, ledger_of
from integrations.cards.pulse import Pulse, pulse_of
from integrations.cards.queue import Queue, queue_of
from integrations.connections.models import GOOD_TESTS, Connection
from integrations.delivery.standing import standing_of
from integrations.delivery.unattended import unattended_since
from integrations.frame.pages import act_of, lately
from integrations.frame.places import Place
from integrations.frame.state import CardState, state_of
from integrations.registry import all_specs
from integrations.spec import IntegrationSpec
from selfservice.accounts.models import User
from selfservice.programs.models import Membership, Program, Role


@dataclass(frozen=True, slots=True)
class ProgramRow:
    program: Program
    role: str
    active_count: int
    ailing_count: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One integration on the program's page; the numbers only once it is connected. `act` is where the state's button
    leads, empty where this person has nothing to do."""

    spec: IntegrationSpec
    connection: Connection | None
    state: CardState
    act: str
    ledger: Ledger | None = None
    queue: Queue | None = None
    pulse: Pulse | None = None


def program_rows(*, user: User, programs: Sequence[Program]) -> list[ProgramRow]:
    roles = dict(Membership.objects.filter(user=user, program__in=programs).values_list("program_id", "role"))
    counts = _connection_counts(programs)
    return [
        # An operator needs no role to see a program, and acts in it as an admin.
        ProgramRow(program, str(Role(roles.get(program.pk, Role.ADMIN)).label), *counts.get(program.pk, (0, 0)))
        for program in programs
    ]


def _connection_counts(programs: Sequence[Program]) -> dict[int, tuple[int, int]]:
    """Per program, how many connections stream and how many wait for a person."""
    tested_bad = (
        Q(tested_generation=F("generation")) & ~Q(test_reason__in=GOOD_TESTS) & ~Q(proven_generation=F("generation"))
    )
    unattended = Q(pk__in=unattended_since(program_ids=[program.pk for program in programs]))
    troubled = Q(paused_at=None) & (Q(failures__gt=0) | tested_bad | unattended)
    ailing = Q(is_complete=False) | Q(stopped_at__isnull=False) | troubled
    counted = (
        Connection.objects.filter(program__in=programs)
        .order_by()
        .values("program_id")
        .annotate(active=Count("id", filter=~ailing & Q(paused_at=None)), ailing=Count("id", filter=ailing))
    )
    return {
        program: (active, ailing) for program, active, ailing in counted.values_list("program_id", "active", "ailing")
    }


def tiles(*, program: Program, role: Role | None) -> list[Tile]:
    connections = {row.kind: row for row in Connection.objects.select_related("program").filter(program=program)}
    return [_tile(Place(program, spec, role), connections.get(spec.kind)) for spec in all_specs().values()]


def _tile(place: Place, connection: Connection | None) -> Tile:
    now = timezone.now()
    state = state_of(spec=place.spec, connection=connection, lately=lately(connection))
    act = act_of(state, place)
    if connection is None:
        return Tile(place.spec, connection, state, act)
    standing = standing_of(connection=connection)
    return Tile(
        spec=place.spec,
        connection=connection,
        state=state,
        act=act,
        ledger=ledger_of(standing=standing, place=place),
        queue=queue_of(connection=connection, standing=standing, place=place, now=now),
        pulse=pulse_of(place=place, connection=connection, now=now),
    )
