"""`manage.py ledger [CODE]`: what was accepted, and what became of it."""

from typing import Any

from django.core.management.base import CommandParser

from integrations.connections.models import Connection
from integrations.delivery.ledger import connection_tally, program_tally
from selfservice.programs.console import SummaryCommand, program_named
from selfservice.programs.models import Program


class Command(SummaryCommand):
    help = "Shows, per program and connection, accepted = delivered + dead + filtered + waiting."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", nargs="?", help="only this program")

    def handle(self, *args: Any, **options: Any) -> None:
        programs = [program_named(options["code"])] if options["code"] else list(Program.objects.order_by("code"))
        result = {program.code: _numbers(program) for program in programs}
        self.summarise(options, result, *_table(result))


def _numbers(program: Program) -> dict[str, Any]:
    connections = Connection.objects.filter(program=program).defer("secrets").order_by("kind")
    parts = {found.kind: connection_tally(connection=found).as_dict() for found in connections}
    return program_tally(program=program).as_dict() | {"connections": parts}


def _table(result: dict[str, dict[str, Any]]) -> list[str]:
    names = ["accepted", "delivered", "dead", "filtered", "waiting", "maybe_twice"]
    lines = [f"{'':24}" + "".join(f"{name:>12}" for name in names)]
    for code, numbers in result.items():
        lines.append(f"{code:24}" + "".join(f"{numbers[name]:>12,}" for name in names))
        for kind, part in numbers["connections"].items():
            lines.append(f"  {kind:22}" + "".join(f"{part[name]:>12,}" for name in names))
    return lines
