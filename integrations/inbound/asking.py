"""Asking a remote platform for a write: a few of a program's calls at once, and none of them holds what others need."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from integrations.inbound.errors import BUSY, DoorError
from integrations.inbound.turns import give_connection_back
from selfservice.middleware.admission import Overloaded, resting

# Of one program in one process.
CALLS_AT_ONCE = 8
PATIENCE_SECONDS = 1.0

_guard = threading.Lock()
_places: dict[int, threading.Semaphore] = {}


@contextmanager
def asking(environ: dict[str, Any], *, program_id: int, is_remote: bool) -> Iterator[None]:
    """Inside, the request has neither a slot nor a connection to the database, unless it takes one for a moment.

    Raises DoorError (503) before anything was asked; who has asked goes on in any case.
    """
    if not is_remote:
        yield
        return
    give_connection_back()
    try:
        with resting(environ, must_go_on=True), _place_of(program_id):
            yield
    except Overloaded:
        raise DoorError.of(BUSY) from None


@contextmanager
def _place_of(program_id: int) -> Iterator[None]:
    with _guard:
        places = _places.setdefault(program_id, threading.Semaphore(CALLS_AT_ONCE))
    if not places.acquire(timeout=PATIENCE_SECONDS):
        raise DoorError.of(BUSY)
    try:
        yield
    finally:
        places.release()
