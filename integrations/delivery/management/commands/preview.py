"""`manage.py preview CODE KIND --member A`: what would be sent for one member, compared with what was sent last."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.delivery.console import complete_connection
from integrations.delivery.previews import Preview, preview
from loyalty_api.contract import Json, LoyaltyError, NotFound, PlatformUnavailable
from selfservice.programs.console import SummaryCommand

_WIDEST = 40


class Command(SummaryCommand):
    help = "Shows what would be sent for one member, and how it differs from what was sent last. Sends nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("kind", help="the integration, for example braze")
        parser.add_argument("--member", required=True, metavar="ACCOUNT", help="the member's account id")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = complete_connection(options["code"], options["kind"])
        account_id = options["member"]
        try:
            found = preview(connection=connection, account_id=account_id)
        except NotFound:
            raise CommandError(f"{options['code']} has no member “{account_id}”. Give the account's id.") from None
        except LoyaltyError as error:
            raise CommandError(f"The loyalty platform refused: {error.message}") from None
        except PlatformUnavailable as error:
            raise CommandError(f"The state of “{account_id}” could not be read: {error}") from None
        result = {"program": options["code"], "kind": options["kind"], "member": account_id, **_shown(found)}
        self.summarise(options, result, *_lines(found, account_id))


def _shown(found: Preview) -> dict[str, Any]:
    return {
        "profile": found.profile or None,
        "sent": found.sent,
        "differences": [asdict(each) for each in found.differences],
        "notes": list(found.notes),
        "reason": found.reason or None,
    }


def _lines(found: Preview, account_id: str) -> list[str]:
    notes = [f"Note: {note}" for note in found.notes]
    if found.reason:
        return [f"Nothing can be sent for {account_id}: {found.reason}.", *notes]
    rows = [(each.verdict, each.name, _text(each.value), _text(each.last)) for each in found.differences]
    table = [("", "attribute", "now", "last sent"), *((*row[:3], "" if row[0] == "added" else row[3]) for row in rows)]
    widths = [max(len(row[place]) for row in table) for place in range(3)]
    lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]) for row in table]
    changes = sum(each.verdict not in {"equal", "older"} for each in found.differences)
    summary = f"Profile {found.profile}: {changes} of {len(rows)} attributes would be sent."
    sent = [json.dumps(found.sent, ensure_ascii=False, indent=2)] if found.sent else []
    return [summary, *(line.rstrip() for line in lines), *sent, *notes]


def _text(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
