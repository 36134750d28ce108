"""What a profile's attributes become when an attribute object arrives, the silent drops included.

https://www.braze.com/docs/api/objects_filters/user_attributes_object/ and the page on nested custom attributes.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from simulators.braze.countries import country_code
from simulators.braze.object_arrays import changed, is_change, new_contents
from simulators.json_values import Json, JsonObject, write_json

TEXT_LENGTH = 255
ARRAY_LENGTH = 25
NESTED_BYTES = 100 * 1024
NESTED_DEPTH = 40
INTEGER_BOUND = 2**63
GENDERS = {"M", "F", "O", "N", "P"}
BAD_KEY = re.compile(r"[ .$]")

# These address the user or steer the write; they are not stored as attributes.
STEERING = {"external_id", "user_alias", "braze_id", "_update_existing_only", "_merge_objects", "push_token_import"}


class DroppedError(Exception):
    """Braze accepts the value and leaves it out without a word."""


def write_attributes(
    stored: JsonObject,
    sent: JsonObject,
    *,
    array_length: int = ARRAY_LENGTH,
    blocked_names: Collection[str] = (),
) -> None:
    merge = sent.get("_merge_objects") is True
    for name, value in sent.items():
        if name in STEERING or len(name) > TEXT_LENGTH or name[:1] in ("", "$") or name in blocked_names:
            continue
        if value is None:
            stored.pop(name, None)
            continue
        try:
            stored[name] = _new_value(name, value, stored.get(name), merge, array_length)
        except DroppedError:
            continue


def _new_value(name: str, value: Json, current: Json, merge: bool, array_length: int) -> Json:
    if isinstance(value, str) and len(value) > TEXT_LENGTH:
        raise DroppedError
    if name in STANDARD:
        return STANDARD[name](value)
    if isinstance(value, list):
        return merged_groups(current, value) if name == "subscription_groups" else _array(value, array_length)
    if not isinstance(value, dict):
        return value
    if set(value) == {"inc"}:
        return _incremented(current, value["inc"])
    if value and set(value) <= {"add", "remove"} and all(isinstance(each, list) for each in value.values()):
        return _changed_array(current, value, array_length)
    if is_change(value):
        return _changed_objects(current, value, merge)
    return _nested(value, current if merge and isinstance(current, dict) else {})


def _incremented(current: Json, by: Json) -> int:
    base = 0 if current is None else current
    if isinstance(base, bool) or isinstance(by, bool) or not isinstance(base, int) or not isinstance(by, int):
        raise DroppedError
    total = base + by
    if abs(total) >= INTEGER_BOUND:
        raise DroppedError
    return total


def merged_groups(current: Json, groups: Json) -> Json:
    """One state for each subscription group, the newest."""
    states: dict[str, Json] = {}
    for group in [*(current if isinstance(current, list) else []), *(groups if isinstance(groups, list) else [])]:
        if isinstance(group, dict):
            states[str(group.get("subscription_group_id"))] = group
    return [*states.values()]


def _array(values: list[Json], length: int) -> list[Json]:
    if any(isinstance(value, dict) for value in values):
        for value in values:
            _check_nested(value)
        _check_size(values)
        return values
    return _distinct(values, length)


def _distinct(values: list[Json], length: int) -> list[Json]:
    """A value that comes again moves to the end, and the oldest ones make room."""
    kept: dict[tuple[type, Json], Json] = {}
    for value in values:
        if isinstance(value, dict | list) or value is None or (isinstance(value, str) and len(value) > TEXT_LENGTH):
            continue
        kept.pop((type(value), value), None)
        kept[(type(value), value)] = value
    return list(kept.values())[-length:]


def _changed_objects(current: Json, change: JsonObject, merge: bool) -> list[Json]:
    """A change that would make the array too large, or brings in one bad value, is dropped as a whole."""
    for value in new_contents(change):
        _check_nested(value)
    values = changed(current, change, merge=merge)
    _check_size(values)
    return values


def _changed_array(current: Json, change: JsonObject, length: int) -> list[Json]:
    values = list(current) if isinstance(current, list) else []
    add, remove = change.get("add"), change.get("remove")
    if isinstance(add, list):
        values = _distinct(values + add, length)
    return [value for value in values if value not in remove] if isinstance(remove, list) else values


def _nested(value: JsonObject, base: JsonObject) -> JsonObject:
    _check_nested(value)
    merged = _merged(base, value)
    _check_size(merged)
    return merged


def _merged(base: JsonObject, value: JsonObject) -> JsonObject:
    merged = dict(base)
    for name, new in value.items():
        old = merged.get(name)
        merged[name] = _merged(old, new) if isinstance(old, dict) and isinstance(new, dict) else new
    return merged


def _check_nested(value: Json, depth: int = 0) -> None:
    """One bad value anywhere inside costs the whole nested update."""
    if value is None or depth > NESTED_DEPTH or (isinstance(value, str) and len(value) > TEXT_LENGTH):
        raise DroppedError
    if isinstance(value, list):
        for each in value:
            _check_nested(each, depth + 1)
    elif isinstance(value, dict):
        if depth and set(value) == {"$time"}:
            _check_date(value["$time"])
            return
        if any(not name or len(name) > TEXT_LENGTH or BAD_KEY.search(name) for name in value):
            raise DroppedError
        for each in value.values():
            _check_nested(each, depth + 1)


def _check_date(value: Json) -> None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError as error:
        raise DroppedError from error


def _check_size(value: Json) -> None:
    if len(write_json(value)) > NESTED_BYTES:
        raise DroppedError


def _text(value: Json) -> Json:
    if not isinstance(value, str):
        raise DroppedError
    return value


def _birth_date(value: Json) -> Json:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) and datetime.fromisoformat(value):
            return value
    except ValueError as error:
        raise DroppedError from error
    raise DroppedError


def _gender(value: Json) -> Json:
    if not isinstance(value, str) or value not in GENDERS:
        raise DroppedError
    return value


def _country(value: Json) -> Json:
    return country_code(value) if isinstance(value, str) else None


def _language(value: Json) -> Json:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2}", value):
        raise DroppedError
    return value


def _time_zone(value: Json) -> Json:
    if not isinstance(value, str) or value not in _known_zones():
        raise DroppedError
    return value


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones()) | {"UTC"}


def _as_sent(value: Json) -> Json:
    return value


STANDARD: dict[str, Callable[[Json], Json]] = {
    "first_name": _text,
    "last_name": _text,
    "home_city": _text,
    "email": _text,
    "phone": _text,
    "dob": _birth_date,
    "gender": _gender,
    "country": _country,
    "language": _language,
    "time_zone": _time_zone,
    "current_location": _as_sent,
    "push_tokens": _as_sent,
    "facebook": _as_sent,
    "twitter": _as_sent,
}
