"""What other parts' pages show of alerts; they load this by its name and import nothing."""

from typing import Any

from django import template

from integrations.alerts.incidents import lines_of, open_incidents
from integrations.connections.models import Connection
from selfservice.programs.models import Program

register = template.Library()


@register.inclusion_tag("alerts/open_lines.html")
def open_alerts(program: Program, connection: Connection | None = None) -> dict[str, Any]:
    """A line for each incident that is open, of one connection where it is given."""
    found = open_incidents(program)
    if connection is not None:
        found = found.filter(connection=connection)
    return {"program": program, "lines": lines_of(program, found)}
