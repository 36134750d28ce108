"""`manage.py load_demo`: the demo's data; `manage.py demo` runs it, with the addresses that it has chosen."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.cards.demo.loading import load
from integrations.cards.demo.notes import read_notes, write_notes


class Command(BaseCommand):
    help = "Loads the demo's program, members, person, keys and connection, and notes them in a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True, help="where the product answers")
        parser.add_argument("--simulator", required=True, help="where the stand-in for Braze answers")
        parser.add_argument("--notes", required=True, type=Path, help="the file to write")
        parser.add_argument("--earlier", required=True, type=Path, help="the notes of an earlier run, if there are any")

    def handle(self, *args: Any, **options: Any) -> None:
        notes = load(url=options["url"], simulator=options["simulator"], earlier=read_notes(options["earlier"]))
        write_notes(options["notes"], notes)
        self.stdout.write(f"Loaded the program {notes.program}.")
