"""How many events of a connection are failed or filtered at the moment, by cause. Exact, and no outcome is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery.models import State
from selfservice.partitions.days import first_day_kept

_GROUPS = """
SELECT state, cause, type, sum(events)::bigint, COALESCE(sum(events) FILTER (WHERE is_maybe_twice), 0)::bigint,
       min(day), max(day)
FROM (
  SELECT day, state, cause, type, is_maybe_twice, sum(events) AS events
  FROM (
    SELECT day, state, cause, type, is_maybe_twice, events FROM undelivered_count
    WHERE connection_id = %(connection)s AND day >= %(kept)s
    UNION ALL
    SELECT day, state, cause, type, is_maybe_twice, events FROM undelivered_delta
    WHERE connection_id = %(connection)s AND day >= %(kept)s) AS found
  GROUP BY day, state, cause, type, is_maybe_twice HAVING sum(events) <> 0) AS daily
GROUP BY state, cause, type ORDER BY sum(events) DESC, cause, type
"""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Events of one type that ended in one way for one cause. `maybe_twice` of them may have arrived before."""

    state: State
    cause: str
    type: str
    events: int
    maybe_twice: int
    first_day: date
    last_day: date


def undelivered(*, connection: Connection) -> Sequence[Undelivered]:
    """Most first; of the days whose events are kept."""
    with database.cursor() as cursor:
        cursor.execute(_GROUPS, {"connection": connection.pk, "kept": first_day_kept()})
        return [Undelivered(State(state), *rest) for state, *rest in cursor.fetchall()]
