"""Looks for batches that wait, whether or not there is a broker to tell of them."""

import logging
import threading

from django.db import connections

from integrations.braze import batches

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3.0


class Sweeper:
    """A thread of a worker process. Of several the lease lets one work on a batch."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="batches", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait for a batch under way: the lease runs out, and another worker goes on."""
        self._stopping.set()

    def _loop(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            try:
                batches.work_off_all()
            except Exception as error:  # the task boundary: the next sweep tries again
                log.warning("cannot work off coupon batches: %s", type(error).__name__)
            finally:
                connections.close_all()
