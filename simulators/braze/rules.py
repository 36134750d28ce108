"""What differs from one Braze workspace to the next, and what Braze's documentation leaves open: switches."""

from dataclasses import dataclass, fields, replace
from typing import Any

from simulators.control import ControlError
from simulators.json_values import Json, JsonObject

BULK_PERMISSIONS = ("users.track.bulk", "users.track")
ERROR_FORMS = ("sentences", "codes")
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Rules:
    """Empty `apps` and `groups` let every id pass; `disorder` is how long an object may take to have its effect."""

    errors: str = "sentences"
    purchases: bool = True
    array_length: int = 25
    bulk_permission: str = "users.track.bulk"
    queued: bool = False
    disorder: float = 0.0
    apps: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    blocked_ids: frozenset[str] = frozenset({"null", "undefined"})
    blocked_names: frozenset[str] = frozenset()

    def shown(self) -> JsonObject:
        return {each.name: _shown(getattr(self, each.name)) for each in fields(self)}


def read_rules(sent: Json, current: Rules) -> Rules:
    """The rules after a change; null brings the usual ones back. Raises ControlError."""
    if sent is None:
        return Rules()
    if not isinstance(sent, dict):
        raise ControlError("'rules' must be an object, or null for the usual ones.")
    known = {each.name for each in fields(Rules)}
    if unknown := sorted(set(sent) - known):
        raise ControlError(f"Unknown rule {unknown[0]!r}; known are {', '.join(sorted(known))}.")
    changes: dict[str, Any] = {name: _value(name, value, getattr(current, name)) for name, value in sent.items()}
    return replace(current, **changes)


def _value(name: str, value: Json, current: object) -> object:
    if isinstance(current, frozenset):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ControlError(f"'{name}' must be an array of texts.")
        return frozenset(value)
    if isinstance(current, bool):
        if not isinstance(value, bool):
            raise ControlError(f"'{name}' must be true or false.")
        return value
    if isinstance(current, str):
        choices = ERROR_FORMS if name == "errors" else BULK_PERMISSIONS
        if value not in choices:
            raise ControlError(f"'{name}' must be one of {', '.join(choices)}.")
        return value
    return _number(name, value)


def _number(name: str, value: Json) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ControlError(f"'{name}' must be a number.")
    if name == "array_length":
        # https://www.braze.com/docs/user_guide/data/custom_data/custom_attributes/ (arrays): 25, on request up to 100
        if not isinstance(value, int) or not 1 <= value <= 100:
            raise ControlError("'array_length' must be a whole number from 1 to 100.")
        return value
    if not 0 <= value <= DAY_SECONDS:
        raise ControlError(f"'{name}' must be a number of seconds from 0 to {DAY_SECONDS}.")
    return float(value)


def _shown(value: object) -> Json:
    if isinstance(value, frozenset):
        return [*sorted(value)]
    return value if isinstance(value, str | int | float) else None
