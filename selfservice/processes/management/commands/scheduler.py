"""`manage.py scheduler`: triggers periodic work; one is enough."""

from typing import Any

from django.core.management.base import BaseCommand

from selfservice.celery import app


class Command(BaseCommand):
    help = "Triggers periodic work. One process is enough; a second does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        app.Beat(loglevel="WARNING", scheduler="selfservice.processes.periodic:BriefScheduler").run()
