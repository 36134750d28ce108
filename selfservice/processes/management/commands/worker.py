"""`manage.py worker`: delivers events and does the background work."""

import gc
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
        _look_rarely_for_garbage()
        with watched(heartbeats.WORKER):
            app.worker_main(ARGUMENTS)


def _look_rarely_for_garbage() -> None:
    """What is loaded by now stays, and almost all that a batch makes goes by itself: by default a good tenth of a
    worker's time goes into looking for cycles among both."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
