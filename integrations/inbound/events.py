"""The door for loyalty events: POST /v1/programs/CODE/events."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.delivery.intake import accept
from integrations.inbound.doors import Door
from integrations.inbound.errors import DoorError
from integrations.keys.models import Scope
from loyalty_api.contract import LoyaltyEvent

MAX_EVENTS = 1_000
MAX_EVENT_BYTES = 256 * 1024

_OF_USERS = ("USER_", "PUSH_TOKEN_")
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_OptionalId = Annotated[str, msgspec.Meta(max_length=128)]


class _Event(msgspec.Struct, rename="camel"):
    """One event on the wire."""

    event_id: _Id
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    account_id: _OptionalId | None = None
    user_id: _OptionalId | None = None
    partner_id: _OptionalId | None = None
    member_role: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    external_code: _OptionalId | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True, slots=True)
class _Rejected:
    index: int
    code: str
    message: str


class EventsDoor(Door):
    """Accepts one event or an array. Each is checked by itself: a bad one is reported and holds up no other."""

    kind = "events"
    endpoint = "events"
    scope = Scope.EVENTS
    max_body_bytes = 8 * 1024 * 1024

    def post(self, request: Request, program: str) -> Response:
        events: list[LoyaltyEvent] = []
        rejected: list[_Rejected] = []
        for index, raw in enumerate(_items(request.content_type, self.raw_body)):
            result = _read(index, raw)
            if isinstance(result, _Rejected):
                rejected.append(result)
            else:
                events.append(result)
        done = accept(program=self.program, events=events, source="http")
        answer = {
            "accepted": done.accepted,
            "duplicates": done.duplicates,
            "rejected": [msgspec.to_builtins(item) for item in rejected],
        }
        return Response(answer, status=202)


def _items(content_type: str | None, body: bytes) -> list[msgspec.Raw]:
    if (content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise DoorError(400, "validation_failed", "The header Content-Type must be application/json.")
    is_array = body.lstrip()[:1] == b"["
    if not is_array and body.lstrip()[:1] != b"{":
        raise DoorError(400, "validation_failed", "The body must be an event, a JSON object, or an array of events.")
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw]) if is_array else [msgspec.Raw(body)]
    except (msgspec.DecodeError, RecursionError) as error:
        raise DoorError(400, "validation_failed", f"The body is not valid JSON: {error}.") from None
    if not 1 <= len(items) <= MAX_EVENTS:
        raise DoorError(400, "validation_failed", f"Send 1 to {MAX_EVENTS} events in one call.")
    return items


def _read(index: int, raw: msgspec.Raw) -> LoyaltyEvent | _Rejected:
    if len(memoryview(raw)) > MAX_EVENT_BYTES:
        return _Rejected(index, "too_large", f"An event is at most {MAX_EVENT_BYTES // 1024} KiB.")
    try:
        event = msgspec.json.decode(raw, type=_Event)
        # A number that no database or Braze can hold is found here, and not when the event is to be sent.
        data = orjson.loads(memoryview(event.data))
        event.occurred_at.astimezone(UTC)
    except msgspec.ValidationError as error:
        return _Rejected(index, "validation_failed", f"{error}.")
    except OverflowError:
        return _Rejected(index, "validation_failed", "occurredAt is out of range.")
    except (msgspec.DecodeError, orjson.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return _Rejected(index, "invalid_json", "The event is not valid JSON.")
    if not isinstance(data, dict):
        return _Rejected(index, "validation_failed", "data must be an object.")
    if not event.account_id and not (event.user_id and event.type.startswith(_OF_USERS)):
        return _Rejected(
            index, "validation_failed", "accountId is missing. Only events of a user may name userId alone."
        )
    if b"\\u0000" in bytes(raw):
        return _Rejected(index, "validation_failed", "Texts must not hold the character U+0000.")
    return LoyaltyEvent(
        event_id=event.event_id,
        type=event.type,
        occurred_at=event.occurred_at,
        account_id=event.account_id or "",
        data=data,
        user_id=event.user_id or "",
        partner_id=event.partner_id or "",
        member_role=event.member_role or "",
        external_code=event.external_code or "",
    )
