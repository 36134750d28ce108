"""Lists and objects as Braze takes them: one bad value inside costs the whole of a nested attribute.

https://www.braze.com/docs/user_guide/data/activation/attributes/nested_custom_attribute_support
"""

import re
from typing import TypeAlias

import orjson

from integrations.braze.mapping.names import MAX_TEXT
from integrations.braze.mapping.values import MAX_OBJECT_BYTES, Notes, fitted_text, is_number, is_unicode, read_moment
from loyalty_api.contract import Json

MAX_ELEMENTS = 25
_MAX_DEPTH = 20
_BAD_IN_KEY = re.compile(r"[ .$]")
# Braze reads these as orders to change what it has: https://www.braze.com/docs/api/objects_filters/user_attributes_object
_OPERATORS = frozenset({"inc", "add", "remove"})

_Fitted: TypeAlias = Json | None


def fitted_value(value: Json, name: str, notes: Notes) -> _Fitted:
    """The value of a custom attribute, None when nothing of it can be sent. An empty text says nothing."""
    kind = type(value)
    if kind is str:
        return fitted_text(value, name, notes) or None
    if kind is bool or is_number(value):
        return value
    if kind is list:
        return _within_size(_fitted_list(value, name, notes), name, notes)
    if kind is dict:
        if value and _OPERATORS.issuperset(value):
            notes.append(f"{name}: left out, an object of inc, add or remove would be an order to Braze")
            return None
        return _within_size(_fitted_object(value, name, notes, 1), name, notes)
    if value is not None:
        notes.append(f"{name}: left out, a number that is too large")
    return None


def _within_size(value: _Fitted, name: str, notes: Notes) -> _Fitted:
    if value is not None and len(orjson.dumps(value)) > MAX_OBJECT_BYTES:
        notes.append(f"{name}: left out, larger than 100 KB")
        return None
    return value


def _fitted_list(values: list[Json], name: str, notes: Notes) -> list[Json] | None:
    """Single values, each once and at most 25, or objects. A list that has lost everything is none."""
    if any(type(value) is dict for value in values):
        kept = [_fitted_object(value, name, notes, 1) for value in values if type(value) is dict]
        if len(kept) < len(values):
            notes.append(f"{name}: what is no object was left out of a list of objects")
        return [value for value in kept if value is not None] or None
    singles: dict[tuple[type, Json], Json] = {}
    for value in values:
        fitted = _single(value, name, notes)
        if fitted is not None:
            singles[type(fitted), fitted] = fitted
    if len(singles) > MAX_ELEMENTS:
        notes.append(f"{name}: cut to {MAX_ELEMENTS} elements")
    return list(singles.values())[:MAX_ELEMENTS] if singles or not values else None


def _single(value: Json, name: str, notes: Notes) -> _Fitted:
    if type(value) is str:
        return fitted_text(value, name, notes)
    if type(value) is bool or is_number(value):
        return value
    notes.append(f"{name}: an element that is no single value was left out")
    return None


def _fitted_object(value: dict[str, Json], name: str, notes: Notes, depth: int) -> dict[str, Json] | None:
    kept: dict[str, Json] = {}
    for key, inner in value.items():
        path = f"{name[:80]}.{key[:80]}"
        if key == "$time" and len(value) == 1 and depth > 1:
            return _date(value, path, notes)
        good_key = _good_key(key, path, notes)
        fitted = _nested(inner, path, notes, depth + 1)
        if fitted is None or not good_key:
            continue
        if good_key in kept:
            notes.append(f"{path}: left out, its name is taken")
        else:
            kept[good_key] = fitted
    if not kept:
        notes.append(f"{name[:80]}: left out, an object without content")
    return kept or None


def _date(value: dict[str, Json], path: str, notes: Notes) -> dict[str, Json] | None:
    if read_moment(value["$time"]):
        return value
    notes.append(f"{path}: left out, not a date with time and offset")
    return None


def _good_key(key: str, path: str, notes: Notes) -> str:
    good = _BAD_IN_KEY.sub("_", key)
    if not key or len(key) > MAX_TEXT or not is_unicode(key):
        notes.append(f"{path}: left out, not a name that Braze takes")
        return ""
    if good != key:
        notes.append(f"{path}: sent as {good}, names take no spaces, dots and $")
    return good


def _nested(value: Json, path: str, notes: Notes, depth: int) -> _Fitted:
    kind = type(value)
    if kind is str:
        return fitted_text(value, path, notes)
    if kind is bool or is_number(value):
        return value
    if depth <= _MAX_DEPTH and kind is dict:
        return _fitted_object(value, path, notes, depth)
    if depth <= _MAX_DEPTH and kind is list:
        kept = [_nested(inner, path, notes, depth + 1) for inner in value]
        return [inner for inner in kept if inner is not None]
    notes.append(f"{path}: left out, {'empty' if value is None else 'not a value that Braze takes'}")
    return None
