"""Reads units that have ended, page by page, and single ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery.models import DeliveryOutcome, State
from integrations.delivery.replay import Selection, chosen, parameters
from selfservice.partitions.days import first_day_kept
from selfservice.programs.models import Program


@dataclass(frozen=True, slots=True)
class Position:
    """Where an outcome stands among all: newest first."""

    day: date
    id: int


def newest(
    *, program: Program, selection: Selection, before: Position | None = None, limit: int
) -> list[DeliveryOutcome]:
    """The outcomes behind `before`, newest first, of the days that are kept."""
    behind = "AND (o.day, o.id) < (%(before_day)s::date, %(before_id)s)" if before else ""
    text = f"""
    SELECT o.* {chosen(selection)} AND o.day >= %(kept)s::date {behind}
    ORDER BY o.day DESC, o.id DESC LIMIT %(limit)s
    """
    values = parameters(program, selection) | {"kept": first_day_kept(), "limit": limit}
    if before:
        values |= {"before_day": before.day, "before_id": before.id}
    return list(DeliveryOutcome.objects.raw(text, values))


@dataclass(frozen=True, slots=True)
class Sample:
    """What is chosen, counted up to a bound; beyond it `is_more`. `gone` cannot be sent: their events are not kept."""

    units: int
    members: int
    maybe_twice: int
    gone: int
    is_more: bool


def sample(*, program: Program, selection: Selection, at_most: int) -> Sample:
    text = f"""
    SELECT count(id), count(DISTINCT account_id) FILTER (WHERE id IS NOT NULL),
           count(id) FILTER (WHERE state = 'delivered' OR is_maybe_twice), count(*)
    FROM (SELECT e.id, o.account_id, o.state, o.is_maybe_twice {chosen(selection)} AND o.day >= %(kept)s::date
          LIMIT %(limit)s) AS found
    """  # noqa: S608 - constants
    values = parameters(program, selection) | {"kept": first_day_kept(), "limit": at_most + 1}
    with database.cursor() as cursor:
        cursor.execute(text, values)
        units, members, maybe_twice, rows = cursor.fetchone()
    return Sample(units, members, maybe_twice, rows - units, rows > at_most)


def find(*, connection: Connection, day: date, outcome_id: int) -> DeliveryOutcome | None:
    return DeliveryOutcome.objects.filter(day=day, pk=outcome_id, connection_id=connection.pk).first()


def history(*, outcome: DeliveryOutcome, limit: int = 20) -> list[DeliveryOutcome]:
    """Every time that this event has ended on this connection, newest first."""
    same = DeliveryOutcome.objects.filter(
        program_id=outcome.program_id,
        account_id=outcome.account_id,
        connection_id=outcome.connection_id,
        stored_event_id=outcome.stored_event_id,
        day__gte=outcome.event_day,
    )
    return list(same.order_by("-at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Span:
    """When the first and the last of some outcomes ended."""

    oldest: datetime
    newest: datetime


def spans(*, connection: Connection, state: State, causes: Sequence[tuple[str, date, date]]) -> dict[str, Span]:
    """Of each cause, whose outcomes are known to lie between two days. Reads two rows of an index for each."""
    # Two constants of ours, see `replay`.
    row = f"""
    SELECT o.at FROM delivery_outcome o
    WHERE o.connection_id = %(connection)s AND o.state = '{State(state).value}' AND o.state <> 'delivered'
      AND o.replayed_at IS NULL AND outcome_cause(o.reason) = g.cause AND o.day = g."""  # noqa: S608 - constants
    text = f"""
    SELECT g.cause, ({row}first_day ORDER BY o.id LIMIT 1), ({row}last_day ORDER BY o.id DESC LIMIT 1)
    FROM unnest(%(causes)s::text[], %(firsts)s::date[], %(lasts)s::date[]) AS g(cause, first_day, last_day)
    """  # noqa: S608 - constants
    values: dict[str, Any] = {
        "connection": connection.pk,
        "causes": [cause for cause, _first, _last in causes],
        "firsts": [first for _cause, first, _last in causes],
        "lasts": [last for _cause, _first, last in causes],
    }
    with database.cursor() as cursor:
        cursor.execute(text, values)
        return {cause: Span(oldest, newest) for cause, oldest, newest in cursor.fetchall() if oldest and newest}
