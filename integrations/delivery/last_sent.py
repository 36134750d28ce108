"""Reads and writes what each profile has been told."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from django.db import connection as database

from integrations.delivery.deltas import UNKNOWN, Known
from selfservice.database import rows

# For a statement that may hold more; what else it asks for stands between the two.
TELLING = """
INSERT INTO last_sent (connection_id, profile, target, attributes, is_known)
SELECT %(connection)s, profile, %(target)s, attributes::jsonb, true
  FROM json_each(%(told)s::json) AS telling(profile, attributes)
"""
OVER_EARLIER = """
ON CONFLICT (connection_id, profile)
DO UPDATE SET target = excluded.target, attributes = excluded.attributes, is_known = true
"""


def load(*, connection_id: int, target: str, profiles: Collection[str]) -> dict[str, Known]:
    """What the profiles have been told at `target`; nothing that was told elsewhere."""
    if not profiles:
        return {}
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT profile, attributes::text, is_known FROM last_sent
            WHERE connection_id = %s AND profile = ANY(%s) AND target = %s
            """,
            [connection_id, list(profiles), target],
        )
        return {profile: _read(text, is_known=is_known) for profile, text, is_known in cursor.fetchall()}


def store(*, connection_id: int, target: str, known: Mapping[str, Known]) -> None:
    """Keeps what was confirmed, in the caller's transaction."""
    if known:
        told = telling(connection_id=connection_id, target=target, known=known)
        rows.write(f"{TELLING} {OVER_EARLIER}", told)


def telling(*, connection_id: int, target: str, known: Mapping[str, Known]) -> dict[str, Any]:
    """The values of TELLING."""
    # In one order by everybody: after a change of the identifier two lanes may tell the same profiles.
    told = {profile: _written(known[profile]) for profile in sorted(known)}
    return {"connection": connection_id, "target": target, "told": orjson.dumps(told).decode()}


def forget(*, connection_id: int, profiles: Collection[str]) -> None:
    """A request that told these profiles something may have arrived or not: all their values are unknown now."""
    if not profiles:
        return
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE last_sent SET is_known = false WHERE connection_id = %s AND profile = ANY(%s)",
            [connection_id, list(profiles)],
        )


def _read(text: str, *, is_known: bool) -> Known:
    return {
        name: (version, value[0] if value and is_known else UNKNOWN)
        for name, (version, *value) in orjson.loads(text).items()
    }


def _written(known: Known) -> dict[str, list[Any]]:
    return {name: [version] if value is UNKNOWN else [version, value] for name, (version, value) in known.items()}
