"""`manage.py revoke_key PREFIX`: no call with this key is accepted from now on."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.keys.models import ApiKey
from integrations.keys.services import revoke_key
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand


class Command(SummaryCommand):
    help = "Revokes a key. Calls with it are refused from the next one on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("prefix", help="the 8 characters after cvc_")

    def handle(self, *args: Any, **options: Any) -> None:
        prefix = options["prefix"].removeprefix("cvc_")[:8]
        try:
            key = revoke_key(prefix=prefix, actor=COMMAND_LINE)
        except ApiKey.DoesNotExist:
            raise CommandError(f"There is no key with the prefix “{prefix}”.") from None
        result = {"prefix": key.prefix, "program": key.program.code, "revoked_at": key.revoked_at}
        self.summarise(options, result, f"Revoked: cvc_{key.prefix}… “{key.name}” of {key.program.code}.")
