"""What commands share: --json, one summary, and a program found by its code."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from selfservice.programs.models import Program


class SummaryCommand(BaseCommand):
    """A command that ends with one summary: lines for people, or with --json one object for scripts."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="is_json", help="print one JSON object")

    def summarise(self, options: dict[str, Any], result: dict[str, Any], *lines: str) -> None:
        if options["is_json"]:
            self.stdout.write(json.dumps(result, default=str))
        else:
            for line in lines:
                self.stdout.write(line)


def program_named(code: str) -> Program:
    """Raises CommandError with what to do."""
    program = Program.objects.filter(code=code).first()
    if program is None:
        known = ", ".join(Program.objects.order_by("code").values_list("code", flat=True)[:10]) or "none yet"
        raise CommandError(f"There is no program “{code}”. Existing programs: {known}.")
    return program


def command_error(error: ValidationError) -> CommandError:
    """A form's or service's objections as one error of the command line."""
    if not hasattr(error, "error_dict"):
        return CommandError(" ".join(error.messages))
    lines = [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
    return CommandError("\n".join(lines))
