"""A member's whole state: read from the loyalty platform when it is to be sent, and mapped to one object."""

from collections.abc import Sequence

from django.db import connection as database

from integrations.delivery.deltas import overlaid
from integrations.spec import Filtered, Mapped, Mapper
from loyalty_api.client.factory import client_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import Json, LoyaltyError, LoyaltyEvent, PlatformUnavailable
from selfservice.programs.models import Program

UNREAD = "platform_failed"
# Others wait in the lane meanwhile.
BUDGET_SECONDS = 2.0


class States:
    """For one turn with a lane: a platform that has failed once is not asked again in it."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._client: LoyaltyClient | None = None
        self._is_away = False

    def read(self, account_id: str) -> list[LoyaltyEvent] | Filtered:
        """The account's state. Filtered with UNREAD when the platform does not tell it."""
        if self._is_away:
            return Filtered(UNREAD)
        if self._client is None:
            self._client = client_for(self._program, budget_seconds=BUDGET_SECONDS)
        # A remote platform takes its time, and connections to the database are few.
        database.close()
        try:
            return self._client.state(account_id=account_id)
        except LoyaltyError as error:
            return Filtered(error.code.lower())
        except PlatformUnavailable:
            self._is_away = True
            return Filtered(UNREAD)


def map_state(mapper: Mapper, events: Sequence[LoyaltyEvent]) -> Mapped | Filtered:
    """Pure. Without records: that a state is told is not something that happened."""
    attributes: dict[str, Json] = {}
    profile, reasons = "", []
    notes: list[str] = []
    for event in events:
        result = mapper.map_event(event)
        notes += result.notes
        if isinstance(result, Filtered):
            reasons.append(result.reason)
            continue
        profile = result.profile
        for name, value in result.attributes.items():
            attributes[name] = overlaid(attributes[name], value) if name in attributes else value
    told = tuple(dict.fromkeys(notes))
    if not attributes:
        return Filtered(reasons[0] if reasons else "not_selected", told)
    return Mapped(profile, attributes, (), told)
