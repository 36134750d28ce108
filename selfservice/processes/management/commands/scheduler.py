"""`manage.py scheduler`: triggers periodic work; one is enough."""

from typing import Any

from django.core.management.base import BaseCommand

from selfservice.celery import app
from selfservice.processes.watching import watched
from selfservice.watch import heartbeats


class Command(BaseCommand):
    help = "Triggers periodic work. One process is enough; a second does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        with watched(heartbeats.SCHEDULER, has_pulse=False):
            app.Beat(
                loglevel="WARNING",
                quiet=True,
                scheduler="selfservice.processes.periodic:BriefScheduler",
                max_interval=int(heartbeats.BEAT_SECONDS),
            ).run()
