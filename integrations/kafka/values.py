"""A message's value: an event in the form of the door for events, with its program. Pure."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from integrations.delivery.event_form import Refused, read_event
from loyalty_api.contract import LoyaltyEvent


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was read. `value` is None for one that says that its key is deleted."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Addressed:
    """An event, and the code of the program that it says it belongs to."""

    program: str
    event: LoyaltyEvent


class _Program(msgspec.Struct):
    program: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


def read_value(value: bytes | None) -> Addressed | Refused:
    if not value:
        return Refused("invalid_json", "The message is empty.")
    event = read_event(value)
    if isinstance(event, Refused):
        return event
    try:
        return Addressed(msgspec.json.decode(value, type=_Program).program, event)
    except msgspec.ValidationError as error:
        return Refused("unknown_program", f"{error}.")
