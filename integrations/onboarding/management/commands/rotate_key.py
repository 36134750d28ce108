"""`manage.py rotate_key PREFIX --overlap 24h`: a successor for a key, printed once; the old one works for a while."""

import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from integrations.keys.models import ApiKey
from integrations.keys.services import rotate_key
from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.console import SummaryCommand, command_error

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Command(SummaryCommand):
    help = "Creates a key that takes another one's place. Both work until the overlap ends. The new one is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("prefix", help="the 8 characters after cvc_ of the key to replace")
        parser.add_argument(
            "--overlap", default="24h", metavar="TIME", help="how long the old key still works, like 30m, 24h or 7d"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        prefix = options["prefix"].removeprefix("cvc_")[:8]
        try:
            issued = rotate_key(prefix=prefix, overlap=_overlap(options["overlap"]), actor=COMMAND_LINE)
        except ApiKey.DoesNotExist:
            raise CommandError(f"There is no key with the prefix “{prefix}”.") from None
        except ValidationError as error:
            raise command_error(error) from None
        old, raw = issued.key.replaces, issued.raw.reveal()
        assert old is not None
        result = {
            "program": issued.key.program.code,
            "key": raw,
            "prefix": issued.key.prefix,
            "scopes": issued.key.scopes,
            "replaces": old.prefix,
            "replaced_until": old.expires_at,
        }
        until = f"cvc_{old.prefix}… works until {old.expires_at:%Y-%m-%d %H:%M %Z}."
        self.summarise(options, result, raw, f"Shown this once. {until}")


def _overlap(text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,6})([mhd])?", text.strip())
    if found is None or (not found[2] and found[1].strip("0")):
        raise CommandError(f"“{text}” is no time. Example: 24h; also 30m, 7d or 0.")
    return timedelta(**{_UNITS[found[2] or "d"]: int(found[1])})
