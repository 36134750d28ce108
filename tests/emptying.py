"""Empties the database after a test that commits.

Django truncates all tables, which costs PostgreSQL new files for each of them and each of their partitions: most of a
second for what are mostly a few rows in a few tables.
"""

from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

from selfservice.partitions.days import create_ahead

# A deleted row leaves its place behind, so a table that has grown is truncated after all.
MOST_BYTES = 1_000_000
# Filled from the source and the same in every test.
KEPT = {"django_content_type", "auth_permission"}
GROWN = """
SELECT EXISTS (
  SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > %s
)"""
# Whoever still writes is waited for, as a truncation would. Without triggers no order is to be kept among the tables.
DELETE = """
DO $$ BEGIN
  SET LOCAL session_replication_role = replica;
  LOCK TABLE {tables} IN EXCLUSIVE MODE;
  {deletes};
END $$"""


def install() -> None:
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]


def _empty(_case: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [MOST_BYTES])
        has_grown = cursor.fetchone()[0]
    if has_grown:
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        return
    tables = sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
    deletes = ";".join(f"DELETE FROM {table}" for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DELETE.format(tables=", ".join(tables), deletes=deletes))
    create_ahead()
