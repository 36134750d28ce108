"""Reads what the programs' list and a program's page show, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from integrations.cards.figures import Ledger, ledger_of
from integrations.connections.models import Connection
from integrations.delivery.ledger import connection_tally
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
    """One integration on the program's page; the ledger only once it is connected."""

    spec: IntegrationSpec
    connection: Connection | None
    state: CardState
    ledger: Ledger | None


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
    ailing = Q(is_complete=False) | Q(stopped_at__isnull=False)
    counted = (
        Connection.objects.filter(program__in=programs)
        .order_by()
        .values("program_id")
        .annotate(active=Count("id", filter=~ailing & Q(paused_at=None)), ailing=Count("id", filter=ailing))
    )
    return {
        program: (active, ailing) for program, active, ailing in counted.values_list("program_id", "active", "ailing")
    }


def tiles(*, program: Program) -> list[Tile]:
    connections = {row.kind: row for row in Connection.objects.select_related("program").filter(program=program)}
    return [_tile(spec, connections.get(spec.kind)) for spec in all_specs().values()]


def _tile(spec: IntegrationSpec, connection: Connection | None) -> Tile:
    ledger = ledger_of(tally=connection_tally(connection=connection)) if connection else None
    return Tile(spec, connection, state_of(spec=spec, connection=connection), ledger)
