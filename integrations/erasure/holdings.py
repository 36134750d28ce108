"""What the product has kept of what was told of a member, for an export. Read in portions, so that nothing is held open
for as long as somebody takes to load it."""

from collections.abc import Iterator

from integrations.calls.models import ApiCall
from integrations.delivery.models import StoredEvent
from loyalty_api.contract import Json
from selfservice.programs.models import Program

_PORTION = 200


def events_of(*, program: Program, account_id: str) -> Iterator[Json]:
    """Oldest first."""
    rows = StoredEvent.objects.filter(program_id=program.pk, account_id=account_id).order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last)[:_PORTION]):
        for event in found:
            yield {
                "eventId": event.event_id,
                "type": event.type,
                "occurredAt": event.occurred_at,
                "acceptedAt": event.accepted_at,
                "userId": event.user_id,
                "data": event.data,
            }
        last = found[-1].pk


def calls_of(*, program: Program, account_id: str) -> Iterator[Json]:
    """Those that name the account, oldest first; requests that carried others too are told by their events."""
    rows = ApiCall.objects.filter(program_id=program.pk, account_id=account_id).exclude(account_id="").order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last)[:_PORTION]):
        for call in found:
            yield {
                "at": call.at,
                "system": call.kind,
                "direction": call.direction,
                "method": call.method,
                "path": call.path,
                "status": call.status,
                "requestId": call.request_id,
                "requestBody": call.request_body,
                "responseBody": call.response_body,
            }
        last = found[-1].pk
