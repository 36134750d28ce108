"""Which attributes are news to a profile. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

from integrations.spec import Part
from loyalty_api.contract import Json


class _Unknown:
    """Stands for a value that may or may not have arrived: it is equal to none."""


UNKNOWN: Final = _Unknown()

Known = Mapping[str, tuple[int, Json | _Unknown]]
"""What a profile has been told, by the attribute's name: the version of the value, and the value."""

_NEVER_TOLD: Final = (0, UNKNOWN)


def news(attributes: Mapping[str, Json], *, version: int, waiting: Mapping[str, Json], known: Known) -> dict[str, Json]:
    """The attributes that differ from what waits to be sent or, without that, from what has been told; as they will be.

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
            changes[name] = overlaid(last, value)
    return changes


class Verdict(StrEnum):
    """What telling a value would be, by what has been told before.

    OLDER: something newer was told. UNKNOWN: the last telling may have arrived or not, so it is told again.
    """

    ADDED = "added"
    CHANGED = "changed"
    EQUAL = "equal"
    UNKNOWN = "unknown"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute as it is, and as it was told last; `last` is None where nothing is known of that."""

    name: str
    value: Json
    last: Json
    verdict: Verdict


def compare(attributes: Mapping[str, Json], *, version: int, known: Known) -> list[Difference]:
    """Each attribute beside what has been told, by name. What is neither equal nor older would be sent."""
    return [_difference(name, attributes[name], version, known) for name in sorted(attributes)]


def _difference(name: str, value: Json, version: int, known: Known) -> Difference:
    told, last = known.get(name, _NEVER_TOLD)
    if name not in known:
        return Difference(name, value, None, Verdict.ADDED)
    if told > version:
        verdict = Verdict.OLDER
    elif isinstance(last, _Unknown):
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.EQUAL if _is_same(last, value) else Verdict.CHANGED
    return Difference(name, value, None if isinstance(last, _Unknown) else last, verdict)


def overlaid(earlier: Json | _Unknown, later: Json) -> Json:
    """What two values told one after the other come to: a part of an object goes over the earlier object."""
    if not isinstance(later, Part) or not isinstance(earlier, dict):
        return later
    whole = {**earlier, **later}
    return Part(whole) if isinstance(earlier, Part) else whole


def _is_same(last: Json | _Unknown, value: Json) -> bool:
    """Whether telling `value` would change nothing. 1, 1.0 and true are three values."""
    if isinstance(value, Part):
        return isinstance(last, dict) and _is_same_text({name: last.get(name, UNKNOWN) for name in value}, value)
    if isinstance(value, dict | list):
        return isinstance(last, type(value)) and _is_same_text(last, value)
    return type(last) is type(value) and last == value


def _is_same_text(last: object, value: object) -> bool:
    if last != value:
        return False
    options = orjson.OPT_SORT_KEYS
    return orjson.dumps(last, option=options) == orjson.dumps(value, option=options)
