"""`manage.py deliver`: the delivery loop in the foreground, without Celery."""

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser

from integrations.delivery.dispatcher import Dispatcher
from integrations.delivery.ledger import program_tally
from selfservice.programs.console import SummaryCommand, program_named
from selfservice.programs.models import Program


class Command(SummaryCommand):
    help = "Delivers waiting events until interrupted, or with --until-empty until none is left."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--program", metavar="CODE", help="only this program's")
        parser.add_argument("--until-empty", action="store_true", help="end when nothing waits that may be sent")

    def handle(self, *args: Any, **options: Any) -> None:
        program = program_named(options["program"]) if options["program"] else None
        dispatcher = Dispatcher(program_id=program.pk if program else None)
        if options["until_empty"]:
            dispatcher.run_until_empty()
        else:
            _run_until_stopped(dispatcher)
        programs = [program] if program else list(Program.objects.order_by("code"))
        tallies = {found.code: program_tally(program=found).as_dict() for found in programs}
        waiting = sum(tally["waiting"] for tally in tallies.values())
        self.summarise(options, tallies, f"Done. Still waiting: {waiting}.")


def _run_until_stopped(dispatcher: Dispatcher) -> None:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: stopped.set())
    dispatcher.start()
    stopped.wait()
    dispatcher.stop()
