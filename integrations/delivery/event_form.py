"""One loyalty event on the wire: the form that the door for events, the Kafka reader and the pages share. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import orjson

from loyalty_api.contract import Json, LoyaltyEvent

MAX_EVENT_BYTES = 256 * 1024
MAX_DEPTH = 20
# The data of an event whose member was erased; it is sent to nobody.
ERASED: dict[str, Json] = {"_erased": True}
_LIQUID = re.compile(r"\{\{|\}\}|\{%")

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_OptionalId = Annotated[str, msgspec.Meta(max_length=128)]


class _Event(msgspec.Struct, rename="camel"):
    """One event as it travels. Fields that are not named here are ignored."""

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
class Refused:
    """Why an event is not one: a symbol, and a sentence for whoever sends it."""

    code: str
    message: str


def wire_form(event: LoyaltyEvent) -> dict[str, Json]:
    """The event as it travels; what it does not tell is left out."""
    told = {
        "eventId": event.event_id,
        "type": event.type,
        "occurredAt": event.occurred_at.isoformat(),
        "accountId": event.account_id,
        "userId": event.user_id,
        "partnerId": event.partner_id,
        "memberRole": event.member_role,
        "externalCode": event.external_code,
    }
    return {name: value for name, value in told.items() if value} | {"data": dict(event.data)}


def read_event(raw: bytes) -> LoyaltyEvent | Refused:
    """The event in a JSON text. Says no here to everything that no database or other system can hold."""
    if len(raw) > MAX_EVENT_BYTES:
        return Refused("too_large", f"An event is at most {MAX_EVENT_BYTES // 1024} KiB.")
    try:
        event = msgspec.json.decode(raw, type=_Event)
        # A number that no database or Braze can hold is found here, and not when the event is to be sent.
        data = orjson.loads(memoryview(event.data))
        event.occurred_at.astimezone(UTC)
    except msgspec.ValidationError as error:
        return Refused("validation_failed", f"{error}.")
    except OverflowError:
        return Refused("validation_failed", "occurredAt is out of range.")
    except (msgspec.DecodeError, orjson.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return Refused("invalid_json", "The event is not valid JSON.")
    if not isinstance(data, dict):
        return Refused("validation_failed", "data must be an object.")
    # What opens fewer levels in all cannot be deeper.
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _is_deep(data):
        return Refused("validation_failed", f"The event is nested deeper than {MAX_DEPTH} levels.")
    for name, text in (("type", event.type), ("accountId", event.account_id or "")):
        if _LIQUID.search(text):
            return Refused("validation_failed", f"{name} is unrendered Liquid. Check the placeholder's name.")
    if b"\\u0000" in raw:
        return Refused("validation_failed", "Texts must not hold the character U+0000.")
    found = LoyaltyEvent(
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
    if not found.account_id and not (found.user_id and found.is_of_user):
        return Refused("validation_failed", "accountId is missing. Only events of a user may name userId alone.")
    return found


def _is_deep(data: Any) -> bool:
    """`data` is the second level of an event."""
    level = [data]
    for _depth in range(MAX_DEPTH - 1):
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
        level = [each for each in level if isinstance(each, dict | list)]
    return bool(level)
