"""Reads points in time: what comes back from the database holds several in each row."""

from datetime import datetime, tzinfo
from functools import cache
from typing import Any, ClassVar

from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader


class MomentLoader(TimestamptzLoader):
    """As Django's, but by the interpreter's own reader, which knows all that PostgreSQL writes between the years 1 and
    9999. A connection is set to the time zone in which its moments are read.
    """

    timezone: ClassVar[tzinfo | None] = None

    def load(self, data: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(bytes(data), "ascii"))
        except ValueError:
            moment = super().load(data)
        # In UTC it stands there already, and setting it costs more than all that is read.
        return moment if moment.tzinfo is self.timezone else moment.replace(tzinfo=self.timezone)


@cache
def with_moments(adapters: AdaptersMap, zone: tzinfo | None) -> AdaptersMap:
    """The adapters of a connection, with this loader."""
    found = AdaptersMap(adapters)
    found.register_loader("timestamptz", type("ZonedMomentLoader", (MomentLoader,), {"timezone": zone}))
    return found
