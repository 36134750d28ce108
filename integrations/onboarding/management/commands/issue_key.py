"""`manage.py issue_key CODE --name N`: a key for calls to a program; printed once."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from integrations.keys.models import DEFAULT_SCOPES, Scope
from integrations.keys.services import issue_key
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, command_error, program_named


class Command(SummaryCommand):
    help = "Creates a key with which Braze or another system calls this program. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("--name", required=True, help="who uses the key")
        parser.add_argument("--scope", action="append", choices=Scope.values, help="default: all but events")
        parser.add_argument("--expires", metavar="DATE", help="like 2027-03-31, the last day on which it works")
        parser.add_argument("--allow-ip", action="append", default=[], metavar="CIDR", help="like 203.0.113.0/24")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        try:
            issued = issue_key(
                program=program,
                name=options["name"],
                actor=COMMAND_LINE,
                scopes=options["scope"] or DEFAULT_SCOPES,
                expires_at=_end_of(options["expires"], ZoneInfo(program.timezone)),
                allowed_networks=options["allow_ip"],
            )
        except ValidationError as error:
            raise command_error(error) from None
        raw = issued.raw.reveal()
        result = {"program": program.code, "key": raw, "prefix": issued.key.prefix, "scopes": issued.key.scopes}
        self.summarise(options, result, raw, f"Shown this once. The prefix {issued.key.prefix} names it from now on.")


def _end_of(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A day ends where the program is."""
    if not text:
        return None
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        day = moment = None
    if day:
        moment = datetime.combine(day, time.max)
    if moment is None:
        raise CommandError(f"“{text}” is no date. Example: 2027-03-31.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment, zone)
