"""The log of our calls of remote loyalty platforms."""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import Error as DatabaseError
from django.utils import timezone

from integrations.calls.buffering import record_soon
from integrations.calls.models import Direction
from integrations.calls.recording import Call, record_call

log = logging.getLogger(__name__)


class _Kept:
    """Calls that wait until whoever asked for them has time. What comes later still is not kept any more."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._calls: list[tuple[Call, datetime]] = []
        self._is_open = True

    def add(self, call: Call) -> None:
        with self._guard:
            if self._is_open:
                self._calls.append((call, timezone.now()))
                return
        record_soon(call)

    def release(self) -> None:
        with self._guard:
            self._is_open = False
        for call, ended_at in self._calls:
            record_soon(call, ended_at=ended_at)


_kept: ContextVar[_Kept | None] = ContextVar("kept_calls", default=None)


@contextmanager
def platform_calls_written_soon() -> Iterator[None]:
    """Nobody waits for the log of calls made inside, in other threads with this context included."""
    kept = _Kept()
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        kept.release()


def record_platform_call(
    *,
    program_id: int,
    method: str,
    path: str,
    endpoint: str,
    status: int,
    started_at: datetime,
    account_id: str,
    error: str,
    request_body: bytes,
    response_body: bytes,
) -> None:
    """One that cannot be logged is not worth failing the caller for."""
    call = Call(
        program_id=program_id,
        kind="platform",
        direction=Direction.OUT,
        method=method,
        path=path,
        endpoint=endpoint,
        status=status,
        started_at=started_at,
        request_id=str(uuid.uuid4()),
        account_id=account_id,
        error=error,
        request_body=request_body,
        response_body=response_body,
    )
    kept = _kept.get()
    try:
        if kept is None:
            record_call(call)
        else:
            kept.add(call)
    except DatabaseError as failure:
        log.warning("platform call not logged endpoint=%s: %s", endpoint, type(failure).__name__)
