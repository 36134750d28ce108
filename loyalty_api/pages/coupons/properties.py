"""Custom properties as lines of text, one a property: `name = value`. What is read back is what was written. Pure."""

import json
import math
from collections.abc import Mapping
from typing import NoReturn

from loyalty_api.contract import Json

LONGEST_NAME = 120


class BadProperty(Exception):
    """A line that is no property; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def written(properties: Mapping[str, Json]) -> str:
    return "\n".join(f"{_name_text(name)} = {_value_text(value)}" for name, value in sorted(properties.items()))


def read(text: str) -> dict[str, Json]:
    """A value is a text, unless it reads as JSON: a number, true, false, null, a list, or a text in quotes."""
    found: dict[str, Json] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, value = _parts(line.strip(), number)
        if not name or len(name) > LONGEST_NAME or name in found:
            raise BadProperty(number)
        found[name] = value
    return found


def _parts(line: str, number: int) -> tuple[str, Json]:
    try:
        if line.startswith('"'):
            name, end = json.JSONDecoder().raw_decode(line)
            rest = line[end:].lstrip()
            sign, value = rest[:1], rest[1:]
        else:
            name, sign, value = line.partition("=")
    except ValueError:
        raise BadProperty(number) from None
    if sign != "=":
        raise BadProperty(number)
    read_value = _value(value.strip())
    if not _is_storable(name) or not _is_storable(json.dumps(read_value, ensure_ascii=False)):
        raise BadProperty(number)
    return name.strip(), read_value


def _value(text: str) -> Json:
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return text


def _refuse(_name: str) -> NoReturn:
    raise ValueError("no JSON")


def _finite(text: str) -> float:
    """The database has no number that is larger than all."""
    found = float(text)
    return found if math.isfinite(found) else _refuse(text)


def _is_storable(text: str) -> bool:
    """The database has no NUL in a text, and no half of a pair of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text and "\\u0000" not in text


def _name_text(name: str) -> str:
    is_plain = name == name.strip() and "=" not in name and not name.startswith('"') and len(name.splitlines()) == 1
    return name if is_plain else json.dumps(name, ensure_ascii=False)


def _value_text(value: Json) -> str:
    if isinstance(value, str) and value == value.strip() and len(value.splitlines()) == 1 and _value(value) == value:
        return value
    # Of a text only what ends a line has to be written otherwise.
    return json.dumps(value)
