"""The door for loyalty events: POST /v1/programs/CODE/events."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.http import HttpRequest

from integrations.delivery.event_form import MAX_EVENT_BYTES, Refused, read_event
from integrations.delivery.intake import Accepted, accept
from integrations.inbound.answers import Answer
from integrations.inbound.doors import Door
from integrations.inbound.errors import DoorError
from integrations.inbound.event_answers import MAX_EVENTS, POST_EVENTS
from integrations.inbound.scanning import TooMuch, elements
from integrations.keys.models import Scope
from loyalty_api.contract import LoyaltyEvent

# Objects and arrays of one call, those inside of events included; a receipt's line is one.
MAX_BRACKETS = 400_000
_WRONG_NUMBER = f"Send 1 to {MAX_EVENTS} events in one call."


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
    described = POST_EVENTS
    max_body_bytes = 8 * 1024 * 1024

    def post(self, request: HttpRequest, program: str) -> Answer:
        events: list[LoyaltyEvent] = []
        rejected: list[_Rejected] = []
        for index, raw in enumerate(_items(request.content_type, self.raw_body)):
            result = read_event(raw)
            if isinstance(result, Refused):
                rejected.append(_Rejected(index, result.code, result.message))
            else:
                events.append(result)
        # The events and the call's line are one commit, which is what a call costs most.
        with transaction.atomic():
            done = accept(program=self.program, events=events, source="http")
            answer = Answer(_told(done, rejected), status=202)
            self.log_inside(answer)
        self.is_logged = True
        return answer


def _told(done: Accepted, rejected: list[_Rejected]) -> dict[str, Any]:
    return {
        "accepted": done.accepted,
        "duplicates": done.duplicates,
        "rejected": [msgspec.to_builtins(item) for item in rejected],
    }


def _items(content_type: str | None, body: bytes) -> list[bytes]:
    if content_type != "application/json":
        raise DoorError(400, "validation_failed", "The header Content-Type must be application/json.")
    is_array = body.lstrip()[:1] == b"["
    if not is_array and body.lstrip()[:1] != b"{":
        raise DoorError(400, "validation_failed", "The body must be an event, a JSON object, or an array of events.")
    items = _apart(body) if is_array else [body]
    if not 1 <= len(items) <= MAX_EVENTS:
        raise DoorError(400, "validation_failed", _WRONG_NUMBER)
    return items


def _apart(body: bytes) -> list[bytes]:
    """The elements of an array, unread: counted before anything is made of them, and checked one by one after."""
    try:
        items = elements(body, at_most=MAX_EVENTS, brackets_at_most=MAX_BRACKETS)
        for item in items:
            _require_json(item)
    except TooMuch:
        raise DoorError(400, "validation_failed", _WRONG_NUMBER) from None
    except (ValueError, RecursionError) as error:
        raise DoorError(400, "validation_failed", f"The body is not valid JSON: {error}.") from None
    return items


def _require_json(item: bytes) -> None:
    """One that is too large is refused as such, unread. One with half a surrogate pair is JSON, though no event."""
    if len(item) > MAX_EVENT_BYTES:
        return
    try:
        msgspec.json.decode(item, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        json.loads(item)
