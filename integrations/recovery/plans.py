"""What a replay would mean, said before it begins."""

import time
from dataclasses import dataclass

from django.conf import settings

from integrations.connections.models import Connection
from integrations.delivery import ended, pace
from integrations.delivery.ledger import connection_tally
from integrations.delivery.standing import time_to_clear
from integrations.recovery.filters import Filters
from integrations.statistics.undelivered import undelivered
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """`ahead` events wait already and go first. `minutes` is for all of them, at the limits that hold now.

    Of very many the numbers that no counter knows are only counted so far: there are more of them.
    """

    units: int
    members: int
    maybe_twice: int
    gone: int
    ahead: int
    minutes: int
    has_more_units: bool = False
    has_more_members: bool = False


def plan_of(*, program: Program, connection: Connection, filters: Filters, cause: str) -> ReplayPlan:
    selection = filters.selection(program=program, connection=connection, cause=cause)
    found = ended.sample(program=program, selection=selection, at_most=settings.REPLAY_COUNTED)
    units, maybe_twice, is_exact = found.units, found.maybe_twice, not found.is_more
    if found.is_more and not (filters.member or filters.since or filters.until):
        counted = [
            each
            for each in undelivered(connection=connection)
            if each.state == filters.state and cause in {"", each.cause} and filters.type in {"", each.type}
        ]
        maybe_twice = sum(each.maybe_twice for each in counted)
        units, is_exact = maybe_twice if filters.is_maybe_twice else sum(each.events for each in counted), True
    ahead = connection_tally(connection=connection).waiting
    return ReplayPlan(
        units=units,
        members=found.members,
        maybe_twice=maybe_twice,
        gone=found.gone,
        ahead=ahead,
        minutes=minutes_for(connection=connection, units=units + ahead),
        has_more_units=not is_exact,
        has_more_members=found.is_more,
    )


def minutes_for(*, connection: Connection, units: int) -> int:
    """At least one."""
    needed = time_to_clear(
        units=units,
        units_per_request=connection.spec.limits(connection.load_config()).objects,
        heard=pace.heard(connection=connection),
        now=time.time(),
    )
    return max(1, round(needed.total_seconds() / 60))
