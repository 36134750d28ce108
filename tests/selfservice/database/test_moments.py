"""Moments as they come back from the database, in the forms in which PostgreSQL writes them."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def read_back(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T10:11:12.123456+00:00",
        "2026-11-21T10:11:12+02:00",
        "2026-11-21T10:11:12.5-03:30",
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59.999999+00:00",
    ],
)
def test_moment_comes_back_as_it_was(text):
    found = read_back(text)

    assert found == datetime.fromisoformat(text)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00"])
def test_moment_that_python_cannot_hold_is_refused(text):
    with pytest.raises(DataError):
        read_back(text)
