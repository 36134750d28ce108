"""Triggers what is due, and says in one line when the broker is away."""

import logging
from typing import Any

from celery.beat import ScheduleEntry, Scheduler, SchedulingError

log = logging.getLogger(__name__)


class BriefScheduler(Scheduler):
    """Keeps no file: every periodic task may run twice or late. What could not be sent is due again next time."""

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            cause = type(error.__cause__ or error.__context__ or error).__name__
            log.warning("broker away, %s waits for its next turn: %s", entry.name, cause)
