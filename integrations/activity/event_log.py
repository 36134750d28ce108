"""Reads events by what became of them. Costs the same whatever there is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.activity.call_log import PAGE, hours_needed
from integrations.activity.cursors import Cursor, Slice, sliced
from integrations.activity.filters import STATES, Asked, hour_of
from integrations.activity.story import letter_name
from integrations.connections.models import Connection
from integrations.delivery.ledger import Tally, connection_tally
from integrations.delivery.models import DeliveryOutcome, State
from integrations.statistics import reading
from integrations.statistics.reading import Outcome, Period

_OUTCOMES = """
SELECT outcome.* FROM unnest(%(hours)s::timestamptz[]) AS found(hour) CROSS JOIN LATERAL (
  SELECT * FROM delivery_outcome
  WHERE connection_id = %(connection)s AND at >= hour AND at < hour + interval '1 hour'
    AND at >= %(since)s AND at < %(until)s
    AND day >= (hour AT TIME ZONE 'UTC')::date AND day <= ((hour AT TIME ZONE 'UTC')::date + 1)
    AND day >= %(first_day)s AND day <= %(last_day)s {conditions}
  ORDER BY at {order}, id {order} LIMIT %(limit)s) AS outcome
ORDER BY at {order}, id {order} LIMIT %(limit)s
"""
# As statistics count it.
_REASON = """CASE WHEN reason LIKE 'expired%%' THEN 'expired'
  WHEN reason ~ '^[a-z][a-z0-9_]{1,38}$' THEN reason ELSE 'refused' END"""


# The filters of the list of all that ended; what waits besides makes it the list of all that was accepted.
EVERYTHING = (("state", "ended"),)


@dataclass(frozen=True, slots=True)
class EventRow:
    """How one event ended on one connection. `is_over`: it was sent again later. `name` is that of its page."""

    at: datetime
    event_id: str
    type: str
    account_id: str
    state: str
    label: str
    reason: str
    is_maybe_twice: bool
    is_over: bool
    name: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """`total` is how many the filters ask for, None where nobody counts them. `waiting` are the accepted events that
    the list of all that ended still lacks, None of any other list."""

    page: Slice[EventRow]
    total: int | None
    waiting: int | None

    @property
    def accepted(self) -> int | None:
        return None if self.total is None or self.waiting is None else self.total + self.waiting


def read_page(*, connection: Connection, asked: Asked, cursor: Cursor | None) -> EventPage:
    hours = _hours(connection, asked)
    found: list[DeliveryOutcome] = []
    # Hours whose events have been sent again hold less than was counted: then more of them are read.
    for limit in (PAGE + 1, 20 * PAGE, 10**9):
        needed = hours_needed(hours, cursor, limit=limit)
        found = _outcomes(connection, asked, cursor, needed)
        if len(found) > PAGE or needed == hours_needed(hours, cursor, limit=10**9):
            break
    page = sliced(found, [Cursor.of(row.at, row.pk) for row in found], size=PAGE, cursor=cursor)
    shown = Slice([_row(outcome) for outcome in page.rows], newer=page.newer, older=page.older)
    tally = None if asked.is_of_a_time else connection_tally(connection=connection)
    return EventPage(
        shown, _total(asked, hours, tally), tally.waiting if tally and asked.as_given == EVERYTHING else None
    )


def _hours(connection: Connection, asked: Asked) -> dict[datetime, int]:
    since, until = asked.period(now=timezone.now())
    only: dict[Outcome, Any] = {Outcome.CONNECTION: connection.pk}
    only |= {Outcome.TYPE: asked.type} if asked.type else {}
    only |= {Outcome.REASON: asked.reason} if asked.reason else {}
    only |= {Outcome.TWICE: True} if asked.is_maybe_twice else {}
    period = Period(hour_of(since), until)
    hours: dict[datetime, int] = {}
    for figure in reading.outcomes(
        program=connection.program, period=period, by=[Outcome.HOUR, Outcome.STATE], only=only
    ):
        hour, state = figure.by
        if state in STATES[asked.state]:
            hours[hour] = hours.get(hour, 0) + figure.count
    return hours


def _total(asked: Asked, hours: dict[datetime, int], tally: Tally | None) -> int | None:
    """The endings of whole hours; without any filter the ledger's own number."""
    if tally is None:
        return sum(hours.values()) if asked.is_of_whole_hours else None
    if asked.type or asked.reason or asked.is_maybe_twice:
        return None
    counts = tally.as_dict()
    return sum(counts[state] for state in STATES[asked.state])


def _outcomes(
    connection: Connection, asked: Asked, cursor: Cursor | None, hours: list[datetime]
) -> list[DeliveryOutcome]:
    since, until = asked.period(now=timezone.now())
    is_up = cursor is not None and cursor.is_towards_newer
    states = STATES[asked.state]
    wanted = {
        # Constants of ours and no values: only so does the database see which index will do, and in which order.
        f"AND state = '{states[0]}' ": len(states) == 1,
        "AND state = ANY(%(states)s) ": len(states) > 1,
        "AND NOT (state = 'delivered') ": State.DELIVERED not in states,
        # What was sent again has a newer outcome, or waits; without a time each event is told once, as in the ledger.
        "AND replayed_at IS NULL ": not asked.is_of_a_time,
        "AND type = %(type)s ": asked.type,
        "AND is_maybe_twice ": asked.is_maybe_twice,
        f"AND {_REASON} = %(reason)s ": asked.reason,
    }
    conditions = "".join(text for text, is_wanted in wanted.items() if is_wanted)
    if cursor:
        conditions += "AND (at, id) > (%(at)s, %(pk)s)" if is_up else "AND (at, id) < (%(at)s, %(pk)s)"
    if not hours:
        return []
    text = _OUTCOMES.format(conditions=conditions, order="ASC" if is_up else "DESC")
    values = {
        "connection": connection.pk,
        "hours": hours,
        "first_day": min(hours).date(),
        "last_day": max(hours).date() + timedelta(days=1),
        "since": since,
        "until": until,
        "states": list(states),
        "type": asked.type,
        "reason": asked.reason,
        "at": cursor.at if cursor else None,
        "pk": cursor.minor if cursor else None,
        "limit": PAGE + 1,
    }
    return list(DeliveryOutcome.objects.raw(text, values))


def _row(outcome: DeliveryOutcome) -> EventRow:
    return EventRow(
        at=outcome.at,
        event_id=outcome.event_id,
        type=outcome.type,
        account_id=outcome.account_id,
        state=outcome.state,
        label=str(State(outcome.state).label),
        reason=outcome.reason,
        is_maybe_twice=outcome.is_maybe_twice,
        is_over=outcome.replayed_at is not None,
        name=letter_name(outcome),
    )
