"""Reads events by what became of them. Costs the same whatever there is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.utils import timezone

from integrations.activity.call_log import PAGE, hours_needed
from integrations.activity.cursors import Cursor, Slice, sliced
from integrations.activity.filters import Asked, hour_of
from integrations.connections.models import Connection
from integrations.delivery.ledger import connection_tally
from integrations.delivery.models import DeliveryOutcome
from integrations.statistics import reading
from integrations.statistics.reading import Outcome, Period

# What was sent again has a newer outcome, or waits; the list holds each event once, as the ledger does.
_OUTCOMES = """
SELECT outcome.* FROM unnest(%(hours)s::timestamptz[]) AS found(hour) CROSS JOIN LATERAL (
  SELECT * FROM delivery_outcome
  WHERE connection_id = %(connection)s AND at >= hour AND at < hour + interval '1 hour'
    AND at >= %(since)s AND at < %(until)s
    AND day >= (hour AT TIME ZONE 'UTC')::date AND day <= ((hour AT TIME ZONE 'UTC')::date + 1)
    AND day >= %(first_day)s AND day <= %(last_day)s AND state = %(state)s AND replayed_at IS NULL {conditions}
  ORDER BY at {order}, id {order} LIMIT %(limit)s) AS outcome
ORDER BY at {order}, id {order} LIMIT %(limit)s
"""
# In the order in which each lane sends them.
_WAITING = """
SELECT unit.lane_id, unit.sequence, unit.since, COALESCE(event.event_id, ''), COALESCE(event.type, ''),
       COALESCE(event.account_id, ''), unit.is_maybe_twice
FROM lane CROSS JOIN LATERAL (
  SELECT * FROM delivery WHERE lane_id = lane.id AND account_id = '' {conditions}
  ORDER BY sequence {order} LIMIT %(limit)s) AS unit
LEFT JOIN loyalty_event event ON event.id = unit.event_id AND event.day = unit.day
WHERE lane.connection_id = %(connection)s
ORDER BY unit.lane_id {order}, unit.sequence {order} LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event on one connection. `at` is when it ended or, of one that waits, when it began to wait."""

    at: datetime
    event_id: str
    type: str
    account_id: str
    state: str
    reason: str
    is_maybe_twice: bool
    request_id: str


def read_page(*, connection: Connection, asked: Asked, cursor: Cursor | None) -> Slice[EventRow]:
    if asked.state == "waiting":
        return _waiting(connection, cursor)
    hours = _hours(connection, asked)
    found: list[DeliveryOutcome] = []
    # Hours whose events have been sent again hold less than was counted: then more of them are read.
    for limit in (PAGE + 1, 20 * PAGE, 10**9):
        needed = hours_needed(hours, cursor, limit=limit)
        found = _outcomes(connection, asked, cursor, needed)
        if len(found) > PAGE or needed == hours_needed(hours, cursor, limit=10**9):
            break
    page = sliced(found, [Cursor.of(row.at, row.pk) for row in found], size=PAGE, cursor=cursor)
    return Slice([_row(outcome) for outcome in page.rows], newer=page.newer, older=page.older)


def _waiting(connection: Connection, cursor: Cursor | None) -> Slice[EventRow]:
    is_back = cursor is not None and cursor.is_towards_newer
    conditions = f"AND (lane_id, sequence) {'<' if is_back else '>'} (%(lane)s, %(sequence)s)" if cursor else ""
    values = {"connection": connection.pk, "limit": PAGE + 1}
    values |= {"lane": cursor.major, "sequence": cursor.minor} if cursor else {}
    with database.cursor() as statement:
        statement.execute(_WAITING.format(conditions=conditions, order="DESC" if is_back else "ASC"), values)
        found = statement.fetchall()
    rows = [
        EventRow(since, event_id, type_, account_id, "waiting", "", is_maybe_twice, "")
        for _lane, _sequence, since, event_id, type_, account_id, is_maybe_twice in found
    ]
    return sliced(rows, [Cursor(row[0], row[1]) for row in found], size=PAGE, cursor=cursor)


def _hours(connection: Connection, asked: Asked) -> dict[datetime, int]:
    since, until = asked.period(now=timezone.now())
    only: dict[Outcome, Any] = {Outcome.CONNECTION: connection.pk, Outcome.STATE: asked.state}
    only |= {Outcome.TYPE: asked.type} if asked.type else {}
    period = Period(hour_of(since), until)
    found = reading.outcomes(program=connection.program, period=period, by=[Outcome.HOUR], only=only)
    return {figure.by[0]: figure.count for figure in found}


def _outcomes(
    connection: Connection, asked: Asked, cursor: Cursor | None, hours: list[datetime]
) -> list[DeliveryOutcome]:
    since, until = asked.period(now=timezone.now())
    is_up = cursor is not None and cursor.is_towards_newer
    conditions = "AND type = %(type)s " if asked.type else ""
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
        "state": asked.state,
        "type": asked.type,
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
        reason=outcome.reason,
        is_maybe_twice=outcome.is_maybe_twice,
        request_id=outcome.request_id,
    )


def total_of(*, connection: Connection, asked: Asked) -> int | None:
    """The ledger's own number, which the list without other filters holds as far back as the log goes."""
    if asked.type or asked.since or asked.until:
        return None
    tally = connection_tally(connection=connection).as_dict()
    return tally[asked.state]
