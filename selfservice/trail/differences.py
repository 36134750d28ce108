"""What a line says has changed, as a person reads it. Pure but for the words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from selfservice.trail.words import field_in_words, value_in_words

SHOWN_LENGTH = 200
SHOWN_ITEMS = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. Of lists what was taken out and what was added."""

    label: str
    before: str
    after: str
    # What the template asks of differences that know secrets. In the trail these are fingerprints already.
    is_secret: bool = False


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """In the order in which they were stored; what is the same on both sides is left out."""
    names = [*before, *(name for name in after if name not in before)]
    found = [_difference(name, before.get(name), after.get(name)) for name in names]
    return tuple(each for each in found if each.before != each.after)


def _difference(name: str, before: Any, after: Any) -> Difference:
    if isinstance(before, list) and isinstance(after, list):
        gone, new = [each for each in before if each not in after], [each for each in after if each not in before]
        before, after = gone, new
    return Difference(field_in_words(name), _text(name, before), _text(name, after))


def _text(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        text = ", ".join(_text(name, each) for each in value[:SHOWN_ITEMS])
        more = len(value) - SHOWN_ITEMS
        return _("%(words)s and %(count)d more") % {"words": text, "count": more} if more > 0 else text
    if isinstance(value, dict):
        return _short(", ".join(f"{field_in_words(str(key))}: {_text(str(key), each)}" for key, each in value.items()))
    return _short(value_in_words(name, value) if isinstance(value, str) else json.dumps(value))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
