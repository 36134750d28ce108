"""What the import commands share: one file, one summary."""

import sys
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from loyalty_api.client.importing.kinds import ImportKind
from loyalty_api.client.importing.runs import PART_SIZE, Imported, Options, import_file
from loyalty_api.client.importing.tables import BadTable
from selfservice.programs.console import SummaryCommand, program_named

_BAR_LENGTH = 40


class ImportCommand(SummaryCommand):
    kind: ClassVar[ImportKind]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", help="the program's code")
        parser.add_argument("file", type=Path, help="CSV in UTF-8 with a header; docs/import.md names the columns")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--emit-events", action="store_true", help="tell the integrations of every row")
        parser.add_argument(
            "--part", type=int, default=PART_SIZE, metavar="ROWS", help="rows that are stored wholly or not at all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["code"])
        if options["part"] < 1:
            raise CommandError("--part is at least 1.")
        chosen = Options(
            emits_events=options["emit_events"],
            is_dry_run=options["dry_run"],
            part_size=options["part"],
            progress=self._draw if self.stderr.isatty() and not options["is_json"] else lambda _share: None,
        )
        try:
            result = import_file(
                program=program, kind=self.kind, path=options["file"], now=timezone.now(), options=chosen
            )
        except BadTable as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None
        self.summarise(options, _shown(result, options), *self._lines(result, options))
        if result.refused:
            sys.exit(1)

    def _lines(self, result: Imported, options: dict[str, Any]) -> list[str]:
        name = self.kind.name
        if result.is_repeat:
            return [f"This file was imported before: {result.imported} {name}. Nothing was changed."]
        lines = []
        if result.ignored_columns:
            lines.append(f"Columns that are not known and were ignored: {', '.join(result.ignored_columns)}.")
        if result.resumed_at:
            lines.append(f"Went on after the first {result.resumed_at} rows.")
        done = "could be imported" if options["dry_run"] else "imported"
        lines.append(f"{result.imported} {name} {done}, {result.refused} refused.")
        if result.errors_path:
            lines.append(f"The refused rows, with reasons, are in {result.errors_path}: mend and import that file.")
        if result.imported and not options["dry_run"] and not options["emit_events"]:
            lines.append(f"The integrations were told nothing. To send all members: resync {options['code']} KIND")
        return lines

    def _draw(self, share: float) -> None:
        filled = round(share * _BAR_LENGTH)
        ending = "\n" if share >= 1 else ""
        self.stderr.write(f"\r[{'#' * filled}{'.' * (_BAR_LENGTH - filled)}] {share:4.0%}", ending=ending)


def _shown(result: Imported, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "imported": result.imported,
        "refused": result.refused,
        "resumedAt": result.resumed_at,
        "isRepeat": result.is_repeat,
        "isDryRun": options["dry_run"],
        "ignoredColumns": list(result.ignored_columns),
        "errors": str(result.errors_path) if result.errors_path else None,
    }
