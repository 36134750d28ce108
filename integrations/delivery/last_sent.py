"""Reads and writes what each profile has been told."""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from django.db import connection as database

from integrations.delivery.deltas import UNKNOWN, Known


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
    if not known:
        return
    with database.cursor() as cursor:
        # In one order by everybody: after a change of the identifier two lanes may tell the same profiles.
        told = [{"profile": profile, "attributes": _written(known[profile])} for profile in sorted(known)]
        cursor.execute(
            """
            INSERT INTO last_sent (connection_id, profile, target, attributes, is_known)
            SELECT %s, profile, %s, attributes, true
            FROM json_to_recordset(%s::json) AS told(profile text, attributes jsonb)
            ON CONFLICT (connection_id, profile)
            DO UPDATE SET target = excluded.target, attributes = excluded.attributes, is_known = true
            """,
            [connection_id, target, orjson.dumps(told).decode()],
        )


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
