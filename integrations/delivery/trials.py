"""What an event would become under a connection's configuration of today, without sending it."""

from collections.abc import Mapping

import orjson

from integrations.connections.models import Connection
from integrations.delivery.batching import Unmappable
from integrations.delivery.front import map_guarded
from integrations.spec import Filtered, Mapped
from loyalty_api.contract import Json, LoyaltyEvent


def try_event(*, connection: Connection, event: LoyaltyEvent) -> Mapped | Filtered | Unmappable:
    """As a worker would map it; a fault in a mapping is a result, as it is there."""
    mapper = connection.spec.mapper(connection.load_config())
    return map_guarded(mapper, event, kind=connection.kind)


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
