"""`manage.py worker`: delivers events and does the background work."""

from typing import Any

from django.core.management.base import BaseCommand

from selfservice.celery import app
from selfservice.processes.watching import watched
from selfservice.watch import heartbeats

ARGUMENTS = [
    "--quiet",
    "worker",
    "--pool=threads",
    "--concurrency=4",
    "--queues=default",
    "--loglevel=WARNING",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
]


class Command(BaseCommand):
    help = "Delivers events and does background work. Start as many as needed, on as many hosts."

    def handle(self, *args: Any, **options: Any) -> None:
        with watched(heartbeats.WORKER):
            app.worker_main(ARGUMENTS)
