"""Which connections of a program an event is for."""

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from selfservice.database.rows import Along
from selfservice.programs.models import Program

_READ = """
SELECT json_agg(json_build_array(id, lane_epoch, kind, config))::text FROM connections_connection
 WHERE program_id = {program} AND is_complete
"""
_ALONE = _READ.format(program="%s")
CONNECTIONS_ALONG = Along(_READ.format(program="p.id"))
# For so long what went along stands for what a statement of its own would find. Who saves a connection meanwhile finds
# that an event came before, as with any that is stored at that moment.
REMEMBERED_SECONDS = 1.0
_REMEMBERED = "_connections_read"


class Streaming(NamedTuple):
    """A complete connection, as far as it decides on the lanes."""

    id: int
    epoch: int
    kind: str
    config: Mapping[str, Any]


def connections_of(cursor: CursorWrapper, program: Program) -> list[Streaming]:
    read_at, text = program.__dict__.get(_REMEMBERED, (0.0, None))
    if time.monotonic() - read_at > REMEMBERED_SECONDS:
        cursor.execute(_ALONE, [program.pk])
        [text] = cursor.fetchone()
    return [Streaming(*values) for values in json.loads(text)] if text else []


def remember_connections(program: Program, text: str | None) -> None:
    """For who has read CONNECTIONS_ALONG with the program: `connections_of` this object asks no more for a moment."""
    program.__dict__[_REMEMBERED] = (time.monotonic(), text)
