"""Empties the database after a test that commits.

Django truncates all tables, which costs PostgreSQL new files for each of them and each of their partitions: most of a
second for what are mostly a few rows in a few tables.
"""

import time

from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg.errors import LockNotAvailable

from selfservice.partitions.days import create_ahead

# A deleted row leaves its place behind, so a table that has grown is truncated after all.
MOST_BYTES = 1_000_000
# Filled from the source and the same in every test.
KEPT = {"django_content_type", "auth_permission"}
GROWN = """
SELECT EXISTS (
  SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > %s
)"""
# A process of the test may still write. Whoever holds one table and waits for the next one deadlocks with it, so all
# tables are taken at once or none.
LOCK = "LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE NOWAIT"
LONGEST_WAIT = 60.0
PAUSE = 0.02
# Without triggers no order is to be kept among the tables.
DELETE = """
DO $$ BEGIN
  SET LOCAL session_replication_role = replica;
  {deletes};
END $$"""


def install() -> None:
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


def empty(_case: TransactionTestCase | None) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            with transaction.atomic():
                _empty_unless_written()
            break
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)
    create_ahead()


def _empty_unless_written() -> None:
    """Raises an error with `LockNotAvailable` as its cause where another process is writing."""
    tables = sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute(LOCK.format(tables=", ".join(tables)))
        cursor.execute(GROWN, [MOST_BYTES])
        if cursor.fetchone()[0]:
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        else:
            cursor.execute(DELETE.format(deletes=";".join(f"DELETE FROM {table}" for table in tables)))
