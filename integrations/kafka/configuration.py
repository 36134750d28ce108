"""What the Kafka client is told. Only what concerns the connection is left to KAFKA_OPTIONS."""

from typing import Any

from django.conf import settings

GROUP_PROTOCOL = {
    # Offsets are committed by hand, after the rows.
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    # A rebalance takes away only what goes to another; everything else is read on meanwhile.
    "partition.assignment.strategy": "cooperative-sticky",
    "queued.max.messages.kbytes": 32 * 1024,
}


def group_configuration() -> dict[str, Any]:
    return _connection() | GROUP_PROTOCOL | {"group.id": settings.KAFKA_GROUP}


def single_configuration() -> dict[str, Any]:
    """For a consumer that reads single messages and joins no group; the client wants a name for one all the same."""
    return _connection() | {
        "enable.auto.commit": False,
        "auto.offset.reset": "error",
        "group.id": f"{settings.KAFKA_GROUP}-again",
    }


def _connection() -> dict[str, Any]:
    return settings.KAFKA_OPTIONS | {
        "bootstrap.servers": ",".join(sorted(settings.KAFKA_BOOTSTRAP_SERVERS)),
        "client.id": "selfservice",
    }
