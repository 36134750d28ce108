"""The scheduler proper, with a sign of life that comes from its own loop and not beside it."""

import time
from typing import Any

from celery.beat import Scheduler

from selfservice.watch import heartbeats


class WatchedScheduler(Scheduler):
    """Keeps no file: every periodic task may run twice or late."""

    _beaten_at = float("-inf")

    def tick(self, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() - self._beaten_at >= heartbeats.BEAT_SECONDS:
            heartbeats.try_to(heartbeats.beat, heartbeats.SCHEDULER)
            self._beaten_at = time.monotonic()
        return super().tick(*arguments, **options)
