"""The properties of a custom event: what `data` tells, in snake_case."""

import re
from collections.abc import Mapping
from math import isfinite

import orjson

from integrations.braze.mapping.names import MAX_TEXT, RESERVED_PROPERTIES, is_name
from integrations.braze.mapping.values import (
    INTEGER_BOUND,
    MAX_OBJECT_BYTES,
    Attributes,
    Notes,
    fitted_text,
    is_number,
    is_unicode,
)
from loyalty_api.contract import Json

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_CACHED_NAMES = 2_000
_LINE_FIELDS = {
    "itemId": "item_id",
    "merchandiseGroup": "merchandise_group",
    "description": "description",
    "quantity": "quantity",
    "extendedAmount": "amount",
}

_names: dict[str, str] = {}


def snake_case(name: str) -> str:
    """`declinedOptIns` is spelled so by the platform and means declined_optins."""
    return _CAMEL.sub(r"_\1", name.replace("OptIns", "Optins")).lower()


def _property_name(name: str) -> str:
    """Empty when Braze takes no property of that name. Events have few names, so they are worked out once."""
    snake = snake_case(name)
    if snake in RESERVED_PROPERTIES or not is_name(snake) or not is_unicode(snake):
        snake = ""
    if len(_names) < _CACHED_NAMES and len(name) <= 64:
        _names[name] = snake
    return snake


def event_properties(data: Mapping[str, Json], used: str | None, notes: Notes) -> Attributes:
    """Single values and lists of texts. `used` names a field whose content is sent in another way."""
    found: Attributes = {}
    for name, value in data.items():
        kind = type(value)
        if kind is str:
            if not value:
                continue
            if len(value) > MAX_TEXT or not value.isascii():
                value = fitted_text(value, name, notes)
        elif kind is not bool and not (kind is int and -INTEGER_BOUND <= value < INTEGER_BOUND):
            if value is None or name == used:
                continue
            if kind is list:
                value = _texts(value, name, notes)
            elif kind is not float or not isfinite(value):
                value = None
            if value is None:
                notes.append(f"{name[:80]}: left out, only single values and lists of texts are sent")
                continue
        key = _names.get(name) or _property_name(name)
        if not key:
            notes.append(f"{name[:80]}: left out, Braze takes no property of that name")
        elif key in found:
            notes.append(f"{name[:80]}: left out, its name is taken")
        else:
            found[key] = value
    return found


def _texts(values: list[Json], name: str, notes: Notes) -> list[str] | None:
    texts = []
    for text in values:
        if type(text) is not str:
            return None
        is_plain = len(text) <= MAX_TEXT and text.isascii()
        texts.append(text if is_plain else fitted_text(text, name, notes))
    return texts


def line_items(data: Mapping[str, Json], notes: Notes) -> list[Attributes]:
    """The lines of a receipt. What stands in the way of one line does not cost the others."""
    lines = data.get("lineItems")
    if type(lines) is not list:
        return []
    items = [_line_item(line, place, notes) for place, line in enumerate(lines)]
    return [item for item in items if item]


def _line_item(line: Json, place: int, notes: Notes) -> Attributes:
    if type(line) is not dict:
        notes.append(f"lineItems: line {place + 1} was left out, not an object")
        return {}
    item: Attributes = {}
    for name, value in line.items():
        if value is None or value == "":
            continue
        key = _LINE_FIELDS.get(name)
        kind = type(value)
        if key is None or not (kind is str or kind is bool or is_number(value)):
            notes.append(f"lineItems: {name[:80]} of line {place + 1} was left out")
        elif kind is str and (len(value) > MAX_TEXT or not value.isascii()):
            item[key] = fitted_text(value, name, notes)
        else:
            item[key] = value
    return item


def encoded(body: Attributes, notes: Notes) -> bytes:
    """The object as JSON; its largest properties go until it is small enough for Braze."""
    encoded_body = orjson.dumps(body)
    if len(encoded_body) <= MAX_OBJECT_BYTES:
        return encoded_body
    properties = dict(body["properties"])
    sizes = {name: len(orjson.dumps(value)) for name, value in properties.items() if name not in RESERVED_PROPERTIES}
    while len(encoded_body) > MAX_OBJECT_BYTES and sizes:
        largest = max(sizes, key=sizes.__getitem__)
        del sizes[largest], properties[largest]
        notes.append(f"{largest[:80]}: left out, the event was larger than 100 KB")
        encoded_body = orjson.dumps(body | {"properties": properties})
    return encoded_body
