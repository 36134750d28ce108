"""What an event would become under a connection's configuration of today, without sending it."""

from collections.abc import Collection, Mapping

import orjson

from integrations.connections.models import Connection
from integrations.delivery.batching import ATTRIBUTES, Unmappable, named_parts
from integrations.delivery.front import map_guarded
from integrations.delivery.models import DeliveryOutcome, State
from integrations.spec import Filtered, Mapped
from loyalty_api.contract import Json, LoyaltyEvent


def try_event(*, connection: Connection, event: LoyaltyEvent) -> Mapped | Filtered | Unmappable:
    """As a worker would map it; a fault in a mapping is a result, as it is there."""
    mapper = connection.spec.mapper(connection.load_config())
    return map_guarded(mapper, event, kind=connection.kind)


def parts_left(outcome: DeliveryOutcome) -> frozenset[str] | None:
    """What of a unit that has ended goes when it is sent again: of a dead one what was refused, else all (None)."""
    return frozenset(outcome.refused) if outcome.state == State.DEAD and outcome.refused else None


def objects_of(
    *, connection: Connection, mapped: Mapped, parts: Collection[str] | None = None
) -> Mapping[str, list[Json]]:
    """What would be sent if nothing were known of the profile, by the name of the array; of some `parts`, or all."""
    found: dict[str, list[Json]] = {}
    records = [record for name, record in named_parts(mapped.records) if parts is None or name in parts]
    if mapped.attributes and (parts is None or ATTRIBUTES in parts):
        mapper = connection.spec.mapper(connection.load_config())
        records.insert(0, mapper.attributes_record(mapped.profile, mapped.attributes))
    for record in records:
        found.setdefault(record.array, []).append(orjson.loads(record.body))
    return found
