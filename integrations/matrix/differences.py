"""What two mappings of one event differ in. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson

from integrations.delivery.batching import Unmappable
from integrations.spec import Filtered, Mapped
from loyalty_api.contract import Json, LoyaltyEvent

Result = Mapped | Filtered | Unmappable
# A choice of the person, or an event that nobody maps; any other reason is something that is missing.
_CHOSEN_REASONS = frozenset({"not_selected", "unknown_type"})
_WHERE = frozenset({"external_id", "user_alias", "_update_existing_only", "time"})


class Kind(StrEnum):
    """What would become of an event: other content, an error, nothing any more, or something for the first time."""

    CHANGED = "changed"
    FAILED = "failed"
    ENDED = "ended"
    BEGUN = "begun"


class Part(StrEnum):
    PROFILE = "profile"
    ATTRIBUTE = "attribute"
    EVENT = "event"
    PROPERTY = "property"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that is told. `is_there` is false where it is not; None is a value that takes another away."""

    content: Json = None
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    part: Part
    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Change:
    event: LoyaltyEvent
    kind: Kind
    lines: tuple[Line, ...] = ()
    reason: str = ""


def change_of(event: LoyaltyEvent, before: Result, after: Result) -> Change | None:
    """None when the event would become what it has become so far."""
    lines = tuple(_lines(before, after))
    if not isinstance(after, Mapped):
        if isinstance(before, Mapped):
            is_chosen = after.reason in _CHOSEN_REASONS
            return Change(event, Kind.ENDED if is_chosen else Kind.FAILED, lines, after.reason)
        is_new_fault = before.reason != after.reason and after.reason not in _CHOSEN_REASONS
        return Change(event, Kind.FAILED, (), after.reason) if is_new_fault else None
    if not isinstance(before, Mapped):
        return Change(event, Kind.BEGUN, lines)
    return Change(event, Kind.CHANGED, lines) if lines else None


def _lines(before: Result, after: Result) -> Iterator[Line]:
    earlier, later = dict(_told(before)), dict(_told(after))
    for place in dict.fromkeys([*earlier, *later]):
        pair = earlier.get(place, Value()), later.get(place, Value())
        if pair[0].is_there != pair[1].is_there or _text(pair[0].content) != _text(pair[1].content):
            yield Line(*place, *pair)


def _told(result: Result) -> Iterator[tuple[tuple[Part, str], Value]]:
    if not isinstance(result, Mapped):
        return
    yield (Part.PROFILE, ""), Value(result.profile, True)
    for name, value in result.attributes.items():
        yield (Part.ATTRIBUTE, name), Value(value, True)
    counts: dict[str, int] = {}
    for record in result.records:
        number = counts[record.array] = counts.get(record.array, 0) + 1
        mark = f" {number}" if number > 1 else ""
        for part, name, value in _fields(record.array, orjson.loads(record.body)):
            yield (part, f"{name}{mark}"), Value(value, True)


def _fields(array: str, body: Mapping[str, Json]) -> Iterator[tuple[Part, str, Json]]:
    is_event = array == "events"
    for name, value in body.items():
        if name in _WHERE:
            continue
        if name == "properties" and isinstance(value, dict):
            for inner, found in value.items():
                yield (Part.PROPERTY if is_event else Part.PURCHASE), inner, found
        elif is_event and name == "name":
            yield Part.EVENT, "", value
        else:
            yield Part.PURCHASE, name, value


def _text(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
