"""Writes the log of calls that are too many to wait for it: all of a fifth of a second at once."""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.calls.recording import Call, columns, observe, record_call
from selfservice.middleware.database_deadline import database_deadline

log = logging.getLogger(__name__)

BUFFER_SECONDS = 0.2
_waiting: list[tuple[Call, datetime]] = []
_lock = threading.Lock()


def record_soon(call: Call, *, ended_at: datetime | None = None) -> None:
    """Adds a call to the log within BUFFER_SECONDS; inside a transaction at once, as a part of it.

    A process that is killed loses what waits. One that ends does not: the interpreter waits for the timer's thread.
    """
    if connection.in_atomic_block:
        record_call(call, ended_at=ended_at)
        return
    ended_at = ended_at or timezone.now()
    observe(call, ended_at=ended_at)
    with _lock:
        _waiting.append((call, ended_at))
        if len(_waiting) == 1:
            threading.Timer(BUFFER_SECONDS, _write).start()


def _write() -> None:
    with _lock:
        calls = _waiting.copy()
        _waiting.clear()
    try:
        with database_deadline(seconds=settings.DATABASE_REQUEST_SECONDS):
            ApiCall.objects.bulk_create([ApiCall(**columns(call, ended_at=at)) for call, at in calls])
    except DatabaseError as error:
        log.warning("%s calls not logged: %s", len(calls), type(error).__name__)
    finally:
        # Back into the pool: this thread ends here.
        connection.close()
