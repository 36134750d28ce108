"""What delivery's commands share: a connection that may send, or what to do about it."""

from django.core.management.base import CommandError

from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.registry import all_specs
from selfservice.programs.console import program_named


def complete_connection(code: str, kind: str) -> Connection:
    """Raises CommandError for a program, integration or connection that is not there, or not complete."""
    program = program_named(code)
    if kind not in all_specs():
        raise CommandError(f"There is no integration “{kind}”. Known are: {', '.join(all_specs())}.")
    connection = find(program=program, kind=kind)
    if connection is None:
        raise CommandError(f"{code} has no connection “{kind}”. Configure it first.")
    if not connection.is_complete:
        raise CommandError(f"The connection “{kind}” of {code} is incomplete: {', '.join(connection.missing)}.")
    return connection
