"""`manage.py test_integration CODE KIND`: the card's connection test."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.connections.services import find
from integrations.connections.testing import run_test
from integrations.outbound.sessions import session
from integrations.registry import all_specs
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, program_named


class Command(SummaryCommand):
    help = "Tries a program's connection out without changing anything; ends with 1 and a reason when it fails."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("kind", help="the integration, for example braze")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        connection = find(program=program, kind=options["kind"])
        if connection is None or options["kind"] not in all_specs():
            raise CommandError(f"{program.code} has no connection “{options['kind']}”. Configure it first.")
        found = run_test(connection=connection, session=session(), actor=COMMAND_LINE)
        result = {
            "program": program.code,
            "kind": connection.kind,
            "ok": found.is_good,
            "reason": found.reason,
            "advice": found.advice,
            "details": dict(found.details),
        }
        details = [f"{name}: {value}" for name, value in found.details.items()]
        self.summarise(options, result, f"{found.reason}: {found.advice}", *details)
        if not found.is_good:
            sys.exit(1)
