"""Writes the log of calls that are too many to wait for it: all of a fifth of a second at once."""

import logging
import threading
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from integrations.calls.recording import Call, observe, record_call, record_calls
from selfservice.middleware.database_deadline import database_deadline
from selfservice.programs.models import Program

log = logging.getLogger(__name__)

BUFFER_SECONDS = 0.2
# Of refused callers, who may be anybody, so many are kept of each fifth of a second.
REFUSED_KEPT = 20
_waiting: list[tuple[Call, datetime]] = []
_refused: list[tuple[Call, datetime, str]] = []
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
        _start_timer()


def record_refused_soon(call: Call, *, program_code: str) -> None:
    """The same for a call whose key was refused. Its program is looked up when it is written, if there is one, so that
    nobody can tell by the time of an answer whether there is."""
    if connection.in_atomic_block:
        for found in _of_known_programs([(call, timezone.now(), program_code)]):
            record_call(found[0])
        return
    with _lock:
        if len(_refused) < REFUSED_KEPT:
            _refused.append((call, timezone.now(), program_code))
            _start_timer()


def _start_timer() -> None:
    if len(_waiting) + len(_refused) == 1:
        threading.Timer(BUFFER_SECONDS, _write).start()


def _of_known_programs(refused: list[tuple[Call, datetime, str]]) -> list[tuple[Call, datetime]]:
    codes = {code for _call, _at, code in refused if "\x00" not in code}
    ids = dict(Program.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    return [(replace(call, program_id=ids[code]), at) for call, at, code in refused if code in ids]


def _write() -> None:
    with _lock:
        calls, refused = _waiting.copy(), _refused.copy()
        _waiting.clear()
        _refused.clear()
    try:
        with database_deadline(seconds=settings.DATABASE_REQUEST_SECONDS):
            calls += _of_known_programs(refused)
            record_calls(calls)
    except DatabaseError as error:
        log.warning("%s calls not logged: %s", len(calls), type(error).__name__)
    finally:
        # Back into the pool: this thread ends here.
        connection.close()
