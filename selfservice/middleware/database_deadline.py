"""Gives up on a database that says nothing.

A server that is frozen, or a network that drops packets, refuses nothing: without a deadline on our side of the
connection, each request would hold its thread until somebody intervenes.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from psycopg import Connection, OperationalError
from psycopg.abc import PQGen

ResultT = TypeVar("ResultT")

# So often does a wait look at the clock.
INTERVAL_SECONDS = 0.1
# What a query that comes after the deadline is given, so that one which is answered at once still is.
SHORTEST_SECONDS = 0.01
_ends_at: ContextVar[float | None] = ContextVar("database_deadline", default=None)


@contextmanager
def database_deadline(*, seconds: float) -> Iterator[None]:
    """All that is asked of the database inside must be answered within so long; it shortens an outer deadline, and
    never prolongs it. What comes too late is an OperationalError, and its connection is closed.
    """
    end, outer = time.monotonic() + seconds, _ends_at.get()
    token = _ends_at.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


class DeadlineConnection(Connection[Any]):
    """A connection that knows the deadline. Without one, which is anywhere but in a request, it waits as any other."""

    def wait(self, gen: PQGen[ResultT], interval: float = INTERVAL_SECONDS, timeout: float | None = None) -> ResultT:
        end = _ends_at.get()
        if end is None:
            return super().wait(gen, interval, timeout)
        left = max(end - time.monotonic(), SHORTEST_SECONDS)
        try:
            return super().wait(gen, interval, left if timeout is None else min(left, timeout))
        except OperationalError:
            if time.monotonic() < end:
                raise
            # It is in the middle of something that nobody will ask for again.
            self.pgconn.finish()
            raise OperationalError("the database did not answer in time") from None


class DatabaseDeadlineMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with database_deadline(seconds=settings.DATABASE_REQUEST_SECONDS):
            return self.get_response(request)
