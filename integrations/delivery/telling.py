"""Tells the other side one member's attributes now: a marker in the lane of the profile, as a resync puts for all.

So it goes out behind what waits for the member, at the connection's pace, and stands in the call log like all else.
"""

from django.db import transaction

from integrations.connections.models import Connection
from integrations.delivery import resyncs
from integrations.delivery.intake import lane_number
from loyalty_api.client.factory import client_for
from selfservice.audit.services import Actor, record


class NotStreaming(Exception):
    """The connection sends nothing at the moment; nothing was put in line."""


def tell_member(*, connection: Connection, account_id: str, actor: Actor) -> None:
    """Raises NotStreaming, LoyaltyError for an unknown account, and PlatformUnavailable."""
    if connection.status != "active":
        raise NotStreaming
    events = client_for(connection.program).state(account_id=account_id)
    profile = connection.spec.profile_key(events[0], connection.config) if events else account_id
    with transaction.atomic():
        resyncs.put_in_line(connection=connection, members=[(account_id, lane_number(profile))])
        record(
            actor=actor,
            action="member.told",
            subject=account_id,
            program=connection.program.code,
            after={"integration": connection.kind},
        )
