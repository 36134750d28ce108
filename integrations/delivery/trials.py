"""What an event would become under a connection's configuration of today, without sending it."""

import logging
from collections.abc import Mapping

import orjson

from integrations.connections.models import Connection
from integrations.delivery.batching import Unmappable
from integrations.spec import Filtered, Mapped
from loyalty_api.contract import Json, LoyaltyEvent

log = logging.getLogger(__name__)


def try_event(*, connection: Connection, event: LoyaltyEvent) -> Mapped | Filtered | Unmappable:
    """As a worker would map it; a fault in a mapping is a result, as it is there."""
    mapper = connection.spec.mapper(connection.load_config())
    try:
        return mapper.map_event(event)
    except Exception:  # the boundary of a mapping, as in `front`: what a person enters may hit the same fault
        log.exception("trial failed kind=%s event=%s", connection.kind, event.event_id)
        return Unmappable("mapping_failed")


def objects_of(*, connection: Connection, mapped: Mapped) -> Mapping[str, list[Json]]:
    """What would be sent if nothing were known of the profile, by the name of the array."""
    found: dict[str, list[Json]] = {}
    records = list(mapped.records)
    if mapped.attributes:
        mapper = connection.spec.mapper(connection.load_config())
        records.insert(0, mapper.attributes_record(mapped.profile, mapped.attributes))
    for record in records:
        found.setdefault(record.array, []).append(orjson.loads(record.body))
    return found
