"""manage.py create_user"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from selfservice.accounts.models import User
from selfservice.accounts.services import create_person, sign_in_link
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Program, Role
from selfservice.programs.roles import grant_role


class Command(BaseCommand):
    help = "Creates a person, or adds to what one may do, and prints a one-time sign-in link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mail", help="mail address, which is also the name to sign in with")
        parser.add_argument("--name", default="", help="how pages address the person")
        parser.add_argument("--operator", action="store_true", help="may open every program and the operators' pages")
        parser.add_argument("--role", action="append", default=[], metavar="CODE:ROLE", help="viewer, editor or admin")
        parser.add_argument("--password-stdin", action="store_true", help="set the password from standard input")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else None
        try:
            user = _set_up(options, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        link = sign_in_link(user=user, base_url=settings.PUBLIC_URL or f"http://localhost:{settings.PORT}")
        if options["json"]:
            self.stdout.write(json.dumps({"mail": user.email, "operator": user.is_operator, "sign_in_link": link}))
        else:
            self.stdout.write(f"{user.email} can sign in once, within 72 hours, at:\n{link}")


@transaction.atomic
def _set_up(options: dict[str, Any], password: str | None) -> User:
    roles = [_role(text) for text in options["role"]]
    user = create_person(email=options["mail"], name=options["name"], is_operator=options["operator"])
    for program, role in roles:
        grant_role(program=program, user=user, role=role, actor=COMMAND_LINE)
    if password is not None:
        validate_password(password, user)
        user.set_password(password)
        user.save()
    return user


def _role(text: str) -> tuple[Program, Role]:
    code, _colon, name = text.rpartition(":")
    if name not in Role.values:
        raise CommandError(f"'{text}' is no role. Write CODE:viewer, CODE:editor or CODE:admin.")
    program = Program.objects.filter(code=code).first()
    if program is None:
        raise CommandError(f"There is no program '{code}'.")
    return program, Role(name)
