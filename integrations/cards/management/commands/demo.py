"""`manage.py demo`: the whole product on this machine, with a stand-in for Braze. `make demo` runs it."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from integrations.cards.demo.children import ChildEnded, Children
from integrations.cards.demo.loading import fill_stand_in
from integrations.cards.demo.notes import DemoNotes
from integrations.cards.demo.show import (
    DemoFailed,
    Places,
    alone,
    book_points,
    choose_places,
    start,
    wait_for_arrival,
)
from selfservice.embedded.errors import EmbeddedError
from selfservice.embedded.services import revive


class Command(BaseCommand):
    help = "Starts everything with demo data. Ctrl-C stops all of it; the data stay for the next time."

    def handle(self, *args: Any, **options: Any) -> None:
        # A closed terminal or a polite kill ends the demo as Ctrl-C does: in good order. SIGINT is named as well,
        # since a script's background processes inherit it as ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            self._run()
        except KeyboardInterrupt:
            self._say("Stopped.")
        except (DemoFailed, ChildEnded, EmbeddedError) as error:
            raise CommandError(str(error)) from None

    def _run(self) -> None:
        folder = Path(os.environ.get("VAR_FOLDER") or settings.BASE_DIR / "var")
        with alone(folder):
            self._say("Preparing the database …")
            call_command("migrate", verbosity=0)
            Children(folder / "log", {}).end_orphans()
            places = choose_places(clone=settings.BASE_DIR, folder=folder, preferred_port=settings.PORT, say=self._say)
            is_first = not places.notes.exists()
            children, notes = start(places, self._say)
            try:
                if not is_first:
                    fill_stand_in(notes)
                self._show(places, notes)
                self._watch(children, folder)
            finally:
                self._say("Stopping …")
                children.stop()

    def _show(self, places: Places, notes: DemoNotes) -> None:
        event = wait_for_arrival(notes, book_points(notes))
        if event:
            self._say(f"A till has booked 10 points; “Braze” has received {event['name']}.")
        else:
            self._say("A till has booked 10 points, but “Braze” has not heard of them yet; the card may say why.")
        if not os.environ.get("DEMO_HEADLESS"):
            for line in _guide(places, notes):
                self._say(line)

    def _watch(self, children: Children, folder: Path) -> None:
        """Until Ctrl-C. What is killed meanwhile starts again: nothing is lost by it. Raises ChildEnded and
        EmbeddedError."""
        pause = threading.Event()
        while not pause.wait(1.0):
            # First what the others stand on.
            if revive(folder=folder):
                self._say("An embedded service had ended and was started again.")
            for name in children.revive():
                self._say(f"The {name} had ended and was started again.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _guide(places: Places, notes: DemoNotes) -> list[str]:
    doors = f"{notes.url}/v1/programs/{notes.program}"
    return [
        "",
        f"  Pages      {notes.url}",
        f"  Sign in    {notes.login}   {notes.password}",
        f"  Loyalty    {notes.loyalty.url}   org {notes.loyalty.org}, user {notes.loyalty.userName}",
        f"  “Braze”    {notes.simulator}   (a stand-in, empty at each start)",
        f"  Health     {notes.url}/health/ready   and for Prometheus {notes.url}/metrics",
        f"  All of it  {places.notes}",
        "",
        "Try, as Braze would:",
        f"  curl -H 'X-Convercus-Key: {notes.key}' {doors}/members/{notes.member}/profile",
        f"  curl -H 'X-Convercus-Key: {notes.key}' -H 'Content-Type: application/json' \\",
        '    -d \'{"booking_type": "EARNBOOKING", "booking_type_code": "BDAY", "points": 250}\' \\',
        f"    {doors}/members/{notes.member}/bookings",
        "and look at the profile in “Braze” again. Ctrl-C stops everything and keeps the data.",
    ]
