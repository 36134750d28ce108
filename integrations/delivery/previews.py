"""What would be sent for a member now, and how it differs from what was sent last."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from django.db import connection as database

from integrations.connections.models import Connection
from integrations.delivery import last_sent
from integrations.delivery.deltas import Difference, Known, Verdict, compare
from integrations.delivery.snapshots import map_state
from integrations.spec import Filtered, Mapper
from loyalty_api.client.factory import client_for
from loyalty_api.contract import Json
from selfservice.programs.models import Program

_SENT = frozenset({Verdict.ADDED, Verdict.CHANGED, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Preview:
    """`sent` is the object as the other system would get it, None when there is nothing to tell.

    `reason` is a symbol when the member cannot be told of at all; `notes` name values that are left out or repaired.
    """

    profile: str
    sent: Json
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


def preview(*, connection: Connection, account_id: str) -> Preview:
    """Of a complete connection. Raises LoyaltyError for an unknown account, and PlatformUnavailable."""
    spec, config = connection.spec, connection.load_config()

    def told(profile: str) -> Known:
        found = last_sent.load(connection_id=connection.pk, target=spec.target(config), profiles=[profile])
        return found.get(profile, {})

    return _preview(connection.program, spec.mapper(config), account_id, told)


def first_preview(*, program: Program, mapper: Mapper, account_id: str) -> Preview:
    """As if nothing had been told yet, for a connection that is not complete. Raises as `preview` does."""
    return _preview(program, mapper, account_id, lambda _profile: {})


def _preview(program: Program, mapper: Mapper, account_id: str, told: Callable[[str], Known]) -> Preview:
    found = map_state(mapper, client_for(program).state(account_id=account_id))
    if isinstance(found, Filtered):
        return Preview("", None, notes=found.notes, reason=found.reason)
    differences = compare(found.attributes, version=_newest_version(), known=told(found.profile))
    changes = {each.name: each.value for each in differences if each.verdict in _SENT}
    sent = orjson.loads(mapper.attributes_record(found.profile, changes).body) if changes else None
    return Preview(found.profile, sent, tuple(differences), found.notes)


def _newest_version() -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT last_value FROM loyalty_event_id_seq")
        return int(cursor.fetchone()[0])
