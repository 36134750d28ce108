"""`manage.py create_program CODE --name N`: creates a program, or changes what is given of it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from loyalty_api.client.provisioning import Platform, provision_program
from loyalty_api.contract import Level
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, command_error
from selfservice.programs.models import Program
from selfservice.secrets.secret import Secret

EMBEDDED = "embedded"


class Command(SummaryCommand):
    help = "Creates a program, or changes what is given of an existing one."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="letters, digits, hyphens and underscores; part of every address")
        parser.add_argument("--name", help="what people read; a new program needs it")
        parser.add_argument("--org", help="the organisation; of the embedded platform it is the code by default")
        parser.add_argument("--currency", help="default: EUR")
        parser.add_argument("--language", help="default: en")
        parser.add_argument("--timezone", help="like Europe/Berlin; default: UTC")
        parser.add_argument("--optin", action="append", metavar="CHANNEL", help="an opt-in channel; repeatable")
        parser.add_argument("--level", action="append", default=[], metavar="SLUG:POINTS", help="repeatable")
        parser.add_argument("--loyalty", metavar="embedded|URL", help="the loyalty platform; default: embedded")
        parser.add_argument("--user", help="our user on a remote platform")
        parser.add_argument("--password", help="that user's password")
        parser.add_argument("--interaction-id", default="", help="the interaction point of our calls there")
        parser.add_argument("--remote-program", default="", help="the program's code there; default: the code here")

    def handle(self, *args: Any, **options: Any) -> None:
        is_remote = options["loyalty"] not in (None, EMBEDDED)
        if not options["name"] and not Program.objects.filter(code=options["code"]).exists():
            raise CommandError("A new program needs --name.")
        if not is_remote and (options["user"] or options["password"]):
            raise CommandError("--user and --password belong to a remote platform: give its URL with --loyalty.")
        try:
            program = provision_program(
                code=options["code"],
                name=options["name"],
                org=None if is_remote else options["org"],
                currency=options["currency"],
                language=options["language"],
                timezone=options["timezone"],
                optins=options["optin"],
                levels=[_level(text) for text in options["level"]],
                platform=_platform(options),
                actor=COMMAND_LINE,
            )
        except ValidationError as error:
            raise command_error(error) from None
        shown = {"code": program.code, "name": program.name, "org": program.org, "optins": program.optins}
        self.summarise(options, shown, f"Program {program.code} ({program.name}) is ready.")


def _level(text: str) -> Level:
    """`gold:1000` is the level Gold, reached at 1,000 status points."""
    slug, _colon, points = text.partition(":")
    if not slug.replace("-", "_").isidentifier() or not points.isdecimal():
        raise CommandError(f"--level {text} is not of the form gold:1000.")
    return Level(id=slug.lower(), name=slug.replace("-", " ").title(), needed_status_points=int(points))


def _platform(options: dict[str, Any]) -> Platform | None:
    if options["loyalty"] is None:
        return None
    if options["loyalty"] == EMBEDDED:
        return Platform()
    return Platform(
        url=options["loyalty"],
        org=options["org"] or "",
        user_name=options["user"] or "",
        password=Secret(options["password"]) if options["password"] else None,
        interaction_id=options["interaction_id"],
        program_code=options["remote_program"],
    )
