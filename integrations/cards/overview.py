"""Reads what a program's page shows."""

from dataclasses import dataclass

from django.utils import timezone

from integrations.cards.figures import Ledger, ledger_of
from integrations.cards.pulse import Pulse, pulse_of
from integrations.cards.queue import Queue, queue_of
from integrations.connections.models import Connection
from integrations.delivery.standing import standing_of
from integrations.frame.pages import act_of, lately
from integrations.frame.places import Place
from integrations.frame.state import CardState, state_of
from integrations.registry import all_specs
from integrations.spec import IntegrationSpec
from selfservice.programs.models import Program, Role


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
