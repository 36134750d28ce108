"""`manage.py create_api_user CODE USER`: a user for the loyalty API; the password is printed once."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from loyalty_api.client.provisioning import issue_api_user
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, command_error, program_named


class Command(SummaryCommand):
    help = "Creates a user for POST /loyalty/auth/login; a known user gets a new password."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code; the user acts in all programs of its organisation")
        parser.add_argument("user", help="the user's name")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        try:
            issued = issue_api_user(program=program, user_name=options["user"], actor=COMMAND_LINE)
        except ValidationError as error:
            raise command_error(error) from None
        shown = {"org": issued.org, "userName": issued.user_name, "password": issued.password.reveal()}
        lines = [f"{name}: {value}" for name, value in shown.items()]
        self.summarise(options, shown, *lines, "The password is not shown again.")
