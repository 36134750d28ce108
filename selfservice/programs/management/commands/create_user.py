"""manage.py create_user"""

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from selfservice.accounts.models import User
from selfservice.accounts.services import create_person, set_password, sign_in_link
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, command_error, program_named
from selfservice.programs.models import Program, Role
from selfservice.programs.roles import grant_role


class Command(SummaryCommand):
    help = "Creates a person, or adds to what one may do, and prints a one-time sign-in link."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("mail", help="mail address, which is also the name to sign in with")
        parser.add_argument("--name", default="", help="how pages address the person")
        parser.add_argument("--operator", action="store_true", help="may open every program and the operators' pages")
        parser.add_argument("--role", action="append", default=[], metavar="CODE:ROLE", help="viewer, editor or admin")
        parser.add_argument("--password-stdin", action="store_true", help="set the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else None
        try:
            user = _set_up(options, password)
        except ValidationError as error:
            raise command_error(error) from None
        link = sign_in_link(user=user, base_url=settings.PUBLIC_URL or f"http://localhost:{settings.PORT}")
        result = {"mail": user.email, "operator": user.is_operator, "sign_in_link": link}
        self.summarise(options, result, f"{user.email} can sign in once, within 72 hours, at:", link)


@transaction.atomic
def _set_up(options: dict[str, Any], password: str | None) -> User:
    roles = [_role(text) for text in options["role"]]
    user = create_person(
        email=options["mail"], name=options["name"], is_operator=options["operator"], actor=COMMAND_LINE
    )
    for program, role in roles:
        grant_role(program=program, user=user, role=role, actor=COMMAND_LINE)
    if password is not None:
        set_password(user=user, password=password, actor=COMMAND_LINE)
    return user


def _role(text: str) -> tuple[Program, Role]:
    code, _colon, name = text.rpartition(":")
    if name not in Role.values:
        raise CommandError(f"'{text}' is no role. Write CODE:viewer, CODE:editor or CODE:admin.")
    return program_named(code), Role(name)
