"""Sends one unit again, as it is or with edited data; at the end of its profile's lane, like a replay of one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from django.db import connection as database
from django.db import transaction

from integrations.connections.models import Connection
from integrations.delivery import replay_steps, wakeups
from integrations.delivery.intake import make_lanes
from integrations.delivery.lanes import EVENT_FIELDS, stored_event
from integrations.delivery.models import DeliveryOutcome, EventEdit, ReplayUnit
from loyalty_api.contract import Json, LoyaltyEvent
from selfservice.audit.services import Actor, record

_ONE = 1


class NotThereAnyMore(Exception):
    """The unit has been sent again meanwhile, or its event is not kept any more. Nothing was changed."""


def event_of(outcome: DeliveryOutcome) -> LoyaltyEvent | None:
    """The event behind an outcome, as it is now; None when it is past retention."""
    return _read(outcome.stored_event_id, outcome.event_day)


def edits_of(outcome: DeliveryOutcome) -> list[EventEdit]:
    """Oldest first; the first one knows the data as it came in."""
    edits = EventEdit.objects.filter(stored_event_id=outcome.stored_event_id, event_day=outcome.event_day)
    return list(edits.order_by("pk"))


def send_again(*, connection: Connection, outcome: DeliveryOutcome, actor: Actor) -> None:
    """Raises NotThereAnyMore."""
    make_lanes(connection)
    with transaction.atomic():
        _put_back(connection, outcome)
        record(
            actor=actor,
            action="event.sent_again",
            subject=outcome.event_id,
            program=connection.program.code,
            before={"state": outcome.state, "reason": outcome.reason},
        )


def send_edited(
    *,
    connection: Connection,
    outcome: DeliveryOutcome,
    data: Mapping[str, Json],
    told: Mapping[str, Any],
    actor: Actor,
) -> None:
    """Keeps the data as it was in an EventEdit. `told` says in the audit trail what has changed, without personal data.

    Raises NotThereAnyMore.
    """
    make_lanes(connection)
    with transaction.atomic():
        before = _lock(outcome)
        EventEdit.objects.create(
            stored_event_id=outcome.stored_event_id,
            event_day=outcome.event_day,
            program_id=connection.program_id,
            before=before,
            after=data,
            edited_by=actor.name,
        )
        with database.cursor() as cursor:
            cursor.execute(
                "UPDATE loyalty_event SET data = %s::jsonb WHERE day = %s AND id = %s",
                [orjson.dumps(data).decode(), outcome.event_day, outcome.stored_event_id],
            )
        _put_back(connection, outcome)
        record(
            actor=actor,
            action="event.edited",
            subject=outcome.event_id,
            program=connection.program.code,
            before=dict(told["before"]),
            after=dict(told["after"]),
        )


def _put_back(connection: Connection, outcome: DeliveryOutcome) -> None:
    unit = ReplayUnit(
        place=_ONE,
        outcome_id=outcome.pk,
        outcome_day=outcome.day,
        lane_id=outcome.lane_id,
        connection_id=connection.pk,
        stored_event_id=outcome.stored_event_id,
        event_day=outcome.event_day,
    )
    found = replay_steps.put_back([unit], {connection.pk: connection})
    if found.gone or found.skipped:
        raise NotThereAnyMore
    transaction.on_commit(lambda: wakeups.wake([connection.pk]), robust=True)


def _lock(outcome: DeliveryOutcome) -> Json:
    """The event's data; nobody else edits it meanwhile."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT data::text FROM loyalty_event WHERE day = %s AND id = %s FOR UPDATE",
            [outcome.event_day, outcome.stored_event_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThereAnyMore
    return orjson.loads(row[0])


def _read(stored_event_id: int, day: date) -> LoyaltyEvent | None:
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(EVENT_FIELDS)}, data::text FROM loyalty_event WHERE day = %s AND id = %s",  # noqa: S608 - constants
            [day, stored_event_id],
        )
        row = cursor.fetchone()
    return stored_event(row[:-1], row[-1]) if row else None
