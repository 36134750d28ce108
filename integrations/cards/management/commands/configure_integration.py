"""`manage.py configure_integration CODE KIND --set field=value…`: the card's form on the command line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils.datastructures import MultiValueDict

from integrations.connections.services import connection_form, find, form_data, save_connection
from integrations.registry import all_specs
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, command_error, program_named


class Command(SummaryCommand):
    help = "Configures a program's integration, with the same checks as the card's form."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("kind", help="the integration, for example braze")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            dest="assignments",
            metavar="FIELD=VALUE",
            help="a field of the form; name it again for each value of a list. Fields not named stay as they are",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        spec = all_specs().get(options["kind"])
        if spec is None:
            raise CommandError(f"There is no integration “{options['kind']}”. Known are: {', '.join(all_specs())}.")
        stored = find(program=program, kind=spec.kind)
        fields = connection_form(program=program, spec=spec).fields
        data = _form_data(stored.config if stored else {}, options["assignments"], set(fields))
        form = connection_form(program=program, spec=spec, data=data)
        if not form.is_valid():
            raise command_error(ValidationError(form.errors.as_data()))
        saved = save_connection(program=program, spec=spec, form=form, actor=COMMAND_LINE)
        result = {
            "program": program.code,
            "kind": spec.kind,
            "status": saved.connection.status,
            "missing": saved.connection.missing,
            "warnings": list(saved.warnings),
        }
        self.summarise(options, result, f"{spec.title} of {program.code}: {saved.connection.status}.", *saved.warnings)


def _form_data(stored: dict[str, Any], assignments: list[str], fields: set[str]) -> MultiValueDict[str, str]:
    data = form_data(stored)
    named: dict[str, list[str]] = {}
    for assignment in assignments:
        name, is_pair, value = assignment.partition("=")
        if not is_pair or name not in fields:
            raise CommandError(f"--set takes FIELD=VALUE with one of the fields {', '.join(sorted(fields))}.")
        named.setdefault(name, []).append(value)
    for name, values in named.items():
        data.setlist(name, [value for value in values if value])
    return data
