"""Incidents as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from integrations.alerts.models import Incident, Rule
from integrations.alerts.telling import acting_address
from integrations.alerts.wording import Words, words_of
from integrations.connections.models import Connection
from selfservice.programs.models import Program
from selfservice.ui.spans import lasting


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """`address` is the page on which one acts, `lasted` how long it was for one that is over."""

    incident: Incident
    title: str
    words: Words
    address: str
    lasted: str


def open_incidents(program: Program) -> QuerySet[Incident]:
    """Bounded: one a rule and connection."""
    return _of(program).filter(ended_at=None).order_by("opened_at")


def past_incidents(program: Program) -> QuerySet[Incident]:
    return _of(program).filter(ended_at__isnull=False).order_by("-opened_at", "-pk")


def lines_of(program: Program, incidents: Iterable[Incident]) -> list[IncidentLine]:
    """In the language that is the current one."""
    return [_line(program, incident) for incident in incidents]


def _of(program: Program) -> QuerySet[Incident]:
    return Incident.objects.filter(program=program).select_related("connection")


def _line(program: Program, incident: Incident) -> IncidentLine:
    connection: Connection = incident.connection
    # Read already, and not once more for each.
    incident.program = connection.program = program
    words = words_of(rule=Rule(incident.rule), connection=connection, facts=incident.facts)
    lasted = lasting(incident.ended_at - incident.opened_at) if incident.ended_at else ""
    return IncidentLine(incident, connection.spec.title, words, acting_address(incident, words), lasted)
