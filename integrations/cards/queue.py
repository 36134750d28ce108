"""What waits, in words: how much, for how long, and how long it will take once it may go out."""

from dataclasses import dataclass
from datetime import datetime

from integrations.connections.models import Connection
from integrations.delivery.pace import Heard
from integrations.delivery.standing import Standing, time_to_clear
from integrations.frame.places import Place, address_of
from selfservice.ui.spans import lasting


@dataclass(frozen=True, slots=True)
class Queue:
    """`age` is that of the oldest; `address` the list of what waits, empty where there is none."""

    count: int
    age: str
    since: datetime | None
    clears_in: str
    address: str


def queue_of(
    *, connection: Connection, standing: Standing, place: Place, now: datetime, heard: Heard | None = None
) -> Queue:
    count = standing.tally.waiting
    per_request = connection.spec.limits(connection.load_config()).objects if connection.is_complete else 1
    needed = time_to_clear(units=count, units_per_request=per_request, heard=heard, now=now.timestamp())
    address = address_of("recovery:dead_letters", place, state="waiting")
    since = standing.waiting_since
    return Queue(count, lasting(now - since) if since else "", since, lasting(needed), address)
