"""The door for events as its description has it."""

from typing import Annotated, Any, TypedDict

from integrations.delivery.event_form import MAX_EVENT_BYTES
from integrations.inbound.description import EVENTS
from loyalty_api.contract import EventType
from selfservice.apidocs.answer_schemas import Keyword
from selfservice.apidocs.operation import Operation

MAX_EVENTS = 1_000
_Id = Annotated[str, Keyword("minLength", 1), Keyword("maxLength", 128)]
_OptionalId = Annotated[str, Keyword("maxLength", 128)] | None


class _Named(TypedDict):
    eventId: Annotated[_Id, "Unique in the program; one that is known counts as a duplicate and changes nothing."]
    type: Annotated[
        str,
        "One of the seventeen; another is kept and counted as filtered.",
        Keyword("minLength", 1),
        Keyword("maxLength", 64),
        Keyword("examples", tuple(EventType)),
    ]
    occurredAt: Annotated[str, "With an offset.", Keyword("format", "date-time")]


class EventBody(_Named, total=False):
    """`accountId` is required, but for events of a user, which may carry `userId` alone."""

    accountId: _OptionalId
    userId: _OptionalId
    partnerId: _OptionalId
    memberRole: Annotated[str, Keyword("maxLength", 16)] | None
    externalCode: _OptionalId
    data: dict[str, Any]


class RejectedAnswer(TypedDict):
    index: Annotated[int, "The event's place in the array, from 0."]
    code: str
    message: str


class AcceptedAnswer(TypedDict):
    accepted: int
    duplicates: int
    rejected: list[RejectedAnswer]


EVENT = {
    "eventId": "01J2ZK7Q3W8N4V6T9R5XG1HBCD",
    "type": "BALANCE_CHANGED",
    "occurredAt": "2026-03-02T09:15:02.114Z",
    "accountId": "a-1",
    "userId": "u-1",
    "data": {"points": 420, "lockedPoints": 60, "statusPoints": 1380, "delta": 20},
}

POST_EVENTS = Operation(
    "Send loyalty events",
    chapter=EVENTS,
    description=(
        f"One event, or an array of up to {MAX_EVENTS:,}; {MAX_EVENT_BYTES // 1024} KiB an event and 8 MiB in all. "
        "Needs the scope `events`, which a new key does not have. Answered after the events are stored."
    ),
    body=EventBody | Annotated[list[EventBody], Keyword("minItems", 1), Keyword("maxItems", MAX_EVENTS)],
    answers={202: AcceptedAnswer},
    examples={"EventBody": EVENT, "Accepted": {"accepted": 1, "duplicates": 0, "rejected": []}},
)
