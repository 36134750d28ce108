"""`manage.py purge`: removes what is past retention; the scheduler asks for it every night."""

from typing import Any

from django.core.management.base import CommandParser

from integrations.delivery.purge import purge
from selfservice.programs.console import SummaryCommand


class Command(SummaryCommand):
    help = "Removes what is past retention. Safe while everything runs, and twice at once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what would be removed and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        found = purge(is_dry_run=options["dry_run"])
        verb = "Would be removed" if options["dry_run"] else "Removed"
        counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found.counts().items())
        result = found.counts() | {"partitions": list(found.partitions), "dry_run": options["dry_run"]}
        self.summarise(options, result, f"{verb}: {counts}.")
