"""What the newest events of a program hold, for pages that show what a setting does to them. Bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery.lanes import EVENT_FIELDS, READ_BYTES, stored_event
from loyalty_api.contract import LoyaltyEvent
from selfservice.programs.models import Program

_EVENTS = f"""
SELECT {", ".join(EVENT_FIELDS)}, data::text FROM (
  SELECT *, sum(pg_column_size(data)) OVER (ORDER BY id DESC) - pg_column_size(data) AS bytes_before
  FROM (SELECT * FROM loyalty_event WHERE program_id = %s ORDER BY id DESC LIMIT %s) AS newest) AS sized
WHERE bytes_before < %s ORDER BY id DESC
"""  # noqa: S608 - the names are constants
_PROPERTIES = """
SELECT DISTINCT property ->> 'name', jsonb_typeof(property -> 'value')
FROM (SELECT data -> 'user' -> 'customProperties' AS properties FROM loyalty_event
      WHERE program_id = %s ORDER BY id DESC LIMIT %s) AS newest,
  jsonb_array_elements(CASE jsonb_typeof(properties) WHEN 'array' THEN properties ELSE '[]' END) AS property
WHERE jsonb_typeof(property -> 'name') = 'string' ORDER BY 1, 2 LIMIT %s
"""
_TOLD = """
SELECT DISTINCT name, jsonb_typeof(told -> 1)
FROM (SELECT attributes FROM last_sent WHERE connection_id = %s ORDER BY profile LIMIT %s) AS few,
  jsonb_each(attributes) AS each(name, told)
WHERE name <> ALL(%s::text[]) ORDER BY 1, 2 LIMIT %s
"""
# Of so many events, and so many profiles, the properties are looked at.
LOOKED_AT, PROFILES = 1_000, 300
MOST_NAMES = 400


@dataclass(frozen=True, slots=True)
class SeenValue:
    """That something of this name had a value of this type, by JSON's word for it."""

    name: str
    type: str


def recent_events(*, program: Program, limit: int) -> list[LoyaltyEvent]:
    """The newest first; fewer than `limit` if they are very large."""
    with database.cursor() as cursor:
        cursor.execute(_EVENTS, [program.pk, limit, READ_BYTES])
        return [stored_event(fields, data) for *fields, data in cursor.fetchall()]


def seen_properties(*, program: Program) -> list[SeenValue]:
    """The properties of users that the program's newest events told."""
    return _seen(_PROPERTIES, [program.pk, LOOKED_AT, MOST_NAMES])


def told_attributes(*, connection: Connection, without: frozenset[str]) -> list[SeenValue]:
    """What some of the profiles have been told, but for these names."""
    return _seen(_TOLD, [connection.pk, PROFILES, sorted(without), MOST_NAMES])


def _seen(statement: str, values: Sequence[Any]) -> list[SeenValue]:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return [SeenValue(name, type_ or "null") for name, type_ in cursor.fetchall()]
