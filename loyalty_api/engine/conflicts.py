"""Turns a unique constraint that refused a row into the platform's answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from loyalty_api.contract import Conflict


@contextmanager
def conflict_on(constraint: str, *, code: str, message: str) -> Iterator[None]:
    """Raises Conflict when the named constraint was violated inside; goes around the transaction, not into it."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) != constraint:
            raise
        raise Conflict(code, message) from None
