"""Values of members as pages show them: masked, short, on one line. Pure."""

import json
from collections.abc import Callable

from integrations.calls.masking import MASK, masked
from integrations.matrix.differences import Part
from loyalty_api.contract import Json

Shown = Callable[[Part, str, Json], str]
_LONGEST = 160


def shower(known: frozenset[str]) -> Shown:
    """Attributes that are not `known` are a program's own: they may hold anything, and show nothing."""

    def shown(part: Part, name: str, value: Json) -> str:
        if part in (Part.EVENT, Part.PROFILE):
            return str(value)
        if part == Part.ATTRIBUTE:
            return one_line(hidden_attribute(name, value, known))
        return one_line(masked({name: value})[name])

    return shown


def hidden_attribute(name: str, value: Json, known: frozenset[str]) -> Json:
    if name in known:
        return masked({name: value})[name]
    return value if value is None else MASK


def hidden_object(found: Json, known: frozenset[str]) -> Json:
    """An object of attributes, with what says whose they are."""
    if not isinstance(found, dict):
        return masked(found)
    plain = known | {"external_id", "user_alias", "_update_existing_only", "_merge_objects"}
    return {name: hidden_attribute(name, value, plain) for name, value in found.items()}


def one_line(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
