"""Looks at everything once a minute, whoever asks and however often: the database says whose turn it is.

Incidents and the mails about them are one transaction. Mails are sent afterwards and elsewhere (`mails`).
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction

from integrations.alerts.configuring import settings_by_program
from integrations.alerts.figures import Figures, figures_of
from integrations.alerts.mails import write_down
from integrations.alerts.measuring import Measured, Verdict, measure
from integrations.alerts.models import AlertSettings, Incident, Moment, Rule
from integrations.alerts.steps import Course, Patience, Step, next_step
from integrations.connections.models import Connection
from selfservice.database.locks import Lock

log = logging.getLogger(__name__)

# A minute belongs to who moves the row on, and a turn that fails gives it back. Of two at once one goes away.
_TAKE = """
INSERT INTO alert_turn AS turn (id, minute) SELECT 1, %(minute)s::timestamptz WHERE pg_try_advisory_xact_lock(%(lock)s)
ON CONFLICT (id) DO UPDATE SET minute = excluded.minute WHERE turn.minute < excluded.minute
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A connection, what its program wants to be told of, its numbers, and its incidents that are open."""

    connection: Connection
    settings: AlertSettings
    figures: Figures
    incidents: dict[str, Incident]


@transaction.atomic
def evaluate(*, now: datetime) -> bool:
    """Whether it was this one's turn."""
    if not _take_turn(now):
        return False
    connections = list(Connection.objects.select_related("program").defer("secrets").order_by("pk"))
    settings = settings_by_program({each.program_id: each.program for each in connections})
    figures = figures_of(connections=connections, settings=settings, now=now)
    incidents: dict[int, dict[str, Incident]] = {}
    for incident in Incident.objects.filter(ended_at=None).select_for_update():
        incidents.setdefault(incident.connection_id, {})[incident.rule] = incident
    for each in connections:
        _try(Watched(each, settings[each.program_id], figures[each.pk], incidents.get(each.pk, {})), now=now)
    return True


def _take_turn(now: datetime) -> bool:
    with database.cursor() as cursor:
        cursor.execute(_TAKE, {"minute": now.replace(second=0, microsecond=0), "lock": Lock.EVALUATING_ALERTS})
        return bool(cursor.rowcount == 1)


def _try(watched: Watched, *, now: datetime) -> None:
    """What goes wrong at one connection costs that one alone: each step that writes is undone by itself."""
    try:
        _look_at(watched, now=now)
    except Exception:  # whatever nobody foresaw at one connection must not stop the alerts of all
        connection = watched.connection
        log.exception("no alerts of %s, program %s, in this minute", connection.kind, connection.program.code)


def _look_at(watched: Watched, *, now: datetime) -> None:
    settings = watched.settings
    patience = Patience(timedelta(hours=settings.reminder_hours), timedelta(minutes=settings.quiet_minutes))
    for rule in Rule:
        incident = watched.incidents.get(rule)
        if not settings.is_on(rule):
            if incident:
                _end(incident, now=now, is_cleared=False)
            continue
        found = measure(rule, figures=watched.figures, settings=settings, now=now)
        course = _course(incident) if incident else None
        step, quiet_since = next_step(course, found.verdict, patience=patience, now=now)
        if incident is None:
            if step is Step.OPEN:
                _open(watched.connection, rule, found, now)
            continue
        _go_on(incident, found, step, quiet_since, now)


def _course(incident: Incident) -> Course:
    return Course(incident.opened_at, incident.quiet_since, incident.reminded_at is not None)


@transaction.atomic
def _open(connection: Connection, rule: Rule, found: Measured, now: datetime) -> None:
    incident = Incident.objects.create(
        program=connection.program, connection=connection, rule=rule, facts=found.facts, opened_at=now
    )
    write_down(incident=incident, moment=Moment.OPENED, facts=found.facts, now=now)


@transaction.atomic
def _go_on(incident: Incident, found: Measured, step: Step, quiet_since: datetime | None, now: datetime) -> None:
    changed = {"quiet_since": quiet_since} if quiet_since != incident.quiet_since else {}
    if changed:
        incident.quiet_since = quiet_since
        incident.save(update_fields=["quiet_since"])
    if found.verdict is Verdict.BAD and found.facts != incident.facts:
        incident.facts = found.facts
        incident.save(update_fields=["facts"])
    if step is Step.REMIND:
        incident.reminded_at = now
        incident.save(update_fields=["reminded_at"])
        # Where nobody can say how it is now, the numbers are those of when it was bad.
        write_down(incident=incident, moment=Moment.REMINDER, facts=incident.facts, now=now)
    elif step is Step.CLEAR:
        _end(incident, now=now, is_cleared=True)
        write_down(incident=incident, moment=Moment.OVER, facts=found.facts, now=now)


@transaction.atomic
def _end(incident: Incident, *, now: datetime, is_cleared: bool) -> None:
    incident.ended_at, incident.is_cleared = now, is_cleared
    incident.save(update_fields=["ended_at", "is_cleared"])
