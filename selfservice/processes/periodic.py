"""Triggers what is due, says in one line when the broker is away, and beats from its own loop and not beside it."""

import logging
import time
from typing import Any

from celery.beat import ScheduleEntry, Scheduler, SchedulingError

from selfservice.watch import heartbeats

log = logging.getLogger(__name__)


class BriefScheduler(Scheduler):
    """Keeps no file: every periodic task may run twice or late. What could not be sent is due again next time."""

    _beaten_at = float("-inf")

    def tick(self, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() - self._beaten_at >= heartbeats.BEAT_SECONDS:
            heartbeats.try_to(heartbeats.beat, heartbeats.SCHEDULER)
            self._beaten_at = time.monotonic()
        return super().tick(*arguments, **options)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            cause = type(error.__cause__ or error.__context__ or error).__name__
            log.warning("broker away, %s waits for its next turn: %s", entry.name, cause)
