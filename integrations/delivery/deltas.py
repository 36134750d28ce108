"""Which attributes are news to a profile. Pure."""

from collections.abc import Mapping
from typing import Final

import orjson

from loyalty_api.contract import Json


class _Unknown:
    """Stands for a value that may or may not have arrived: it is equal to none."""


UNKNOWN: Final = _Unknown()

Known = Mapping[str, tuple[int, Json | _Unknown]]
"""What a profile has been told, by the attribute's name: the version of the value, and the value."""

_NEVER_TOLD: Final = (0, UNKNOWN)


def news(attributes: Mapping[str, Json], *, version: int, waiting: Mapping[str, Json], known: Known) -> dict[str, Json]:
    """The attributes that differ from what waits to be sent or, without that, from what has been told.

    A value older than the one that has been told is none: it comes from an event that is sent again.
    """
    changes = {}
    for name, value in attributes.items():
        if name in waiting:
            last: Json | _Unknown = waiting[name]
        else:
            told, last = known.get(name, _NEVER_TOLD)
            if told > version:
                continue
        if not _is_same(last, value):
            changes[name] = value
    return changes


def overlaid(earlier: Json | _Unknown, later: Json) -> Json:
    """What two values told one after the other come to: objects are merged key by key."""
    return earlier | later if isinstance(earlier, dict) and isinstance(later, dict) else later


def _is_same(last: Json | _Unknown, value: Json) -> bool:
    """Whether telling `value` would change nothing. 1, 1.0 and true are three values."""
    if isinstance(value, dict):
        return isinstance(last, dict) and _is_same_text({name: last.get(name, UNKNOWN) for name in value}, value)
    if isinstance(value, list):
        return isinstance(last, list) and _is_same_text(last, value)
    return type(last) is type(value) and last == value


def _is_same_text(last: object, value: object) -> bool:
    if last != value:
        return False
    options = orjson.OPT_SORT_KEYS
    return orjson.dumps(last, option=options) == orjson.dumps(value, option=options)
