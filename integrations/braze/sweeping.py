"""Looks for batches that wait, whether or not there is a broker to tell of them."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import connections

from integrations.braze import batches

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3.0
T = TypeVar("T")


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
        with ThreadPoolExecutor(max_workers=1) as pool:
            while not self._stopping.wait(SWEEP_SECONDS):
                sweep(pool)


def sweep(pool: ThreadPoolExecutor) -> None:
    """Takes up what a lost hint or a crash has left behind. Whatever goes wrong with one batch ends its turn alone, and
    is tried again by the next sweep."""
    running = pool.submit(_and_close, batches.running_batches)
    if error := running.exception():
        log.warning("cannot look for coupon batches: %s", type(error).__name__)
        return
    for batch_id in running.result():
        if error := pool.submit(_and_close, partial(batches.work_off, batch_id=batch_id)).exception():
            log.warning("cannot work off coupon batch %s: %s", batch_id, type(error).__name__)


def _and_close(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()
