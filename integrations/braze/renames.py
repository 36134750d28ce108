"""What a person may call our events and attributes."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from integrations.braze.mapping.names import (
    ATTRIBUTES,
    EVENT_NAMES,
    EXTRA_ATTRIBUTES,
    RENAMABLE,
    RESERVED_ATTRIBUTES,
    is_name,
)

_EVENTS = frozenset(EVENT_NAMES.values())
_KNOWN_ATTRIBUTES = frozenset({*ATTRIBUTES, *EXTRA_ATTRIBUTES})


def checked_renames(text: str) -> str:
    """`old = new`, one a line, in tidy form. Raises ValidationError with a sentence for each line that cannot be."""
    pairs: dict[str, str] = {}
    problems = []
    for line in filter(None, map(str.strip, text.splitlines())):
        old, equals, new = (part.strip() for part in line.partition("="))
        problem = _problem(old, new, pairs) if equals else _("write it as: old name = new name")
        if problem:
            problems.append(f"{line[:80]}: {problem}.")
        pairs.setdefault(old, new)
    if problems:
        raise ValidationError(problems)
    return "\n".join(f"{old} = {new}" for old, new in pairs.items())


def _problem(old: str, new: str, pairs: dict[str, str]) -> str:
    """Empty when the line is right beside the lines before it."""
    if old not in RENAMABLE:
        return _("there is no event or attribute of ours with this name")
    if old in pairs:
        return _("this name was given a new one already")
    if not is_name(new) or not new.isprintable():
        return _("the new name must have 1 to 255 characters and not begin with $")
    is_event = old in _EVENTS
    # Braze reads these as its recommended events, whose properties are prescribed.
    if is_event and new.casefold().startswith("ecommerce."):
        return _("Braze keeps names that begin with ecommerce. for its own events")
    if not is_event and new in RESERVED_ATTRIBUTES:
        return _("Braze keeps the new name for itself")
    # Two of a kind under one name would write over each other.
    used = {target for source, target in pairs.items() if (source in _EVENTS) == is_event}
    others = (_EVENTS if is_event else _KNOWN_ATTRIBUTES) - {old}
    return _("the new name is taken") if new in used | others else ""
