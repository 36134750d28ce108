"""Hints to the workers that something waits. They may be lost: each worker looks for itself every second."""

import logging
import time
from collections.abc import Iterable
from threading import Lock

from kombu import pools
from kombu.exceptions import OperationalError

from selfservice.celery import app

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.1
PAUSE_AFTER_FAILURE_SECONDS = 5.0
# Whoever sends a hint has a caller waiting; a broker that says nothing must not keep that one waiting too.
SOCKET_TIMEOUT_SECONDS = 0.2

_lock = Lock()
_quiet_until: dict[int, float] = {}
_owed: set[int] = set()
_broker_away_until = 0.0


def wake(connection_ids: Iterable[int], *, is_news: bool = True) -> None:
    """Tells the workers, at most once per connection and PAUSE_SECONDS. Never raises for a broker that is away.

    Where it is no news that something waits, only a hint that is still owed because of the pause is sent.
    """
    for connection_id in connection_ids:
        if (is_news or connection_id in _owed) and _may_wake(connection_id, time.monotonic()):
            _publish(connection_id)


def send_hint(task: str, **arguments: object) -> None:
    """Asks the workers for a task. Raises kombu's OperationalError soon when the broker is away."""
    connection = app.connection_for_write(transport_options={"socket_timeout": SOCKET_TIMEOUT_SECONDS})
    with pools.producers[connection].acquire(block=True) as producer:
        app.send_task(task, kwargs=arguments, queue="default", producer=producer)


def ask_for(task: str) -> None:
    """Asks the workers for one of this package's tasks, which the scheduler asks for too, only later. Never raises."""
    try:
        send_hint(f"integrations.delivery.tasks.{task}")
    except OperationalError as error:
        log.warning("broker away, the scheduler asks for it: %s", type(error).__name__)


def _may_wake(connection_id: int, now: float) -> bool:
    with _lock:
        if now < _broker_away_until or now < _quiet_until.get(connection_id, 0.0):
            _owed.add(connection_id)
            return False
        _owed.discard(connection_id)
        _quiet_until[connection_id] = now + PAUSE_SECONDS
        return True


def _publish(connection_id: int) -> None:
    global _broker_away_until
    try:
        send_hint("integrations.delivery.tasks.wake", connection_id=connection_id)
    except OperationalError as error:
        _broker_away_until = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
        log.warning("broker away, workers look for themselves: %s", type(error).__name__)
