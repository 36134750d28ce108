"""manage.py rotate_field_keys"""

from typing import Any

from django.core.management.base import CommandError

from selfservice.audit.services import COMMAND_LINE, record
from selfservice.programs.console import SummaryCommand
from selfservice.secrets.rotation import rotate_stored_secrets


class Command(SummaryCommand):
    help = "Encrypts all stored secrets with the first of FIELD_ENCRYPTION_KEYS, so that the former keys can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate_stored_secrets()
        counts = {"renewed": done.renewed, "current": done.current, "unreadable": len(done.unreadable)}
        if done.renewed:
            record(actor=COMMAND_LINE, action="field_keys.rotated", subject="stored secrets", after=counts)
        line = f"{done.renewed} stored secrets were encrypted with the first key, {done.current} were so already."
        self.summarise(options, counts, line)
        if done.unreadable:
            raise CommandError(
                f"These cannot be read with any key: {', '.join(done.unreadable[:10])}. Add the key that wrote them to "
                "the end of FIELD_ENCRYPTION_KEYS, or enter them again; keep the former keys until then."
            )
