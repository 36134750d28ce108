"""Writes what must not be forgotten because the database is away for a moment."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

ResultT = TypeVar("ResultT")


def persist(store: Callable[[], ResultT]) -> ResultT:
    """Stores an outcome, trying again while the database is away and the lease lasts: the request has been sent, and
    its fate would be unknown to whoever takes the lane over."""
    end = time.monotonic() + settings.DELIVERY_LEASE_SECONDS
    while True:
        try:
            return store()
        except (OperationalError, InterfaceError):
            if time.monotonic() > end:
                raise
            connection.close()
            time.sleep(0.2)
