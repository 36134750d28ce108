"""What a replay would mean, said before it begins."""

import time
from dataclasses import dataclass

from integrations.connections.models import Connection
from integrations.delivery import pace, replay
from integrations.delivery.ledger import connection_tally
from integrations.delivery.replay import UNITS_PER_SECOND, Selection
from selfservice.programs.models import Program

_LEAST_WINDOW = 1.0


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """`ahead` events wait already and go first. `minutes` is for all of them, at the limits that hold now."""

    units: int
    members: int
    maybe_twice: int
    gone: int
    ahead: int
    minutes: int


def plan_of(*, program: Program, connection: Connection, selection: Selection) -> ReplayPlan:
    found = replay.plan(program=program, selection=selection)
    ahead = connection_tally(connection=connection).waiting
    return ReplayPlan(
        units=found.units,
        members=found.members,
        maybe_twice=found.maybe_twice,
        gone=found.gone,
        ahead=ahead,
        minutes=minutes_for(connection=connection, units=found.units + ahead),
    )


def minutes_for(*, connection: Connection, units: int) -> int:
    """At least one. As fast as our workers send, or as the other side's limit lets them, whichever takes longer."""
    seconds = max(units / UNITS_PER_SECOND, _held_up(connection, units))
    return max(1, round(seconds / 60))


def _held_up(connection: Connection, units: int) -> float:
    """For how long the limit that was told last would hold up so many units."""
    heard = pace.heard(connection=connection)
    if heard is None or heard.limit <= 0:
        return 0.0
    requests = -(-units // connection.spec.limits(connection.load_config()).objects)
    now = time.time()
    left = heard.remaining if heard.resets_at > now else heard.limit
    if requests <= left:
        return 0.0
    window = max(_LEAST_WINDOW, heard.resets_at - heard.heard_at)
    return max(0.0, heard.resets_at - now) + (requests - left) / heard.limit * window
