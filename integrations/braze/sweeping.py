"""Looks for batches that wait, whether or not there is a broker to tell of them."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

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
        """Looks no more. As with a task, the process ends when what is under way has."""
        self._stopping.set()

    def _loop(self) -> None:
        """Whatever goes wrong ends one sweep, and is tried again by the next."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            while not self._stopping.wait(SWEEP_SECONDS):
                if error := pool.submit(_sweep).exception():
                    log.warning("cannot work off coupon batches: %s", type(error).__name__)


def _sweep() -> None:
    try:
        batches.work_off_all()
    finally:
        connections.close_all()
