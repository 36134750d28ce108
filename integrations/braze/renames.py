"""What a person may call our events and attributes, and the properties that a program defines on its users."""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from integrations.braze.config import rename_pairs
from integrations.braze.mapping.names import (
    ATTRIBUTES,
    EVENT_NAMES,
    EXTRA_ATTRIBUTES,
    MAX_TEXT,
    PREFIX,
    RENAMABLE,
    RESERVED_ATTRIBUTES,
    is_name,
)

_EVENTS = frozenset(EVENT_NAMES.values())
_KNOWN_ATTRIBUTES = frozenset({*ATTRIBUTES, *EXTRA_ATTRIBUTES})
_Problem = Callable[[str, str, Mapping[str, str]], str]


def checked_renames(text: str) -> str:
    """`old = new`, one a line, in tidy form.

    Raises ValidationError with a sentence for each line that cannot be, whose code is the old name.
    """
    return _checked(text, _problem_of_ours)


def checked_property_renames(text: str) -> str:
    """The same for a program's own properties, whose old names are whatever the program calls them."""
    return _checked(text, _problem_of_property)


def clashes(ours: str, properties: str) -> list[ValidationError]:
    """A property of the program's under the name of an attribute of ours would never be sent. Both were checked."""
    taken = set(rename_pairs(ours).values())
    return [
        ValidationError(f"{old[:80]} = {new}: {_('the new name is taken')}.", code=old)
        for old, new in rename_pairs(properties).items()
        if new in taken
    ]


def _checked(text: str, problem_of: _Problem) -> str:
    pairs: dict[str, str] = {}
    problems = []
    for line in filter(None, map(str.strip, text.splitlines())):
        old, equals, new = (part.strip() for part in line.partition("="))
        problem = problem_of(old, new, pairs) if equals else _("write it as: old name = new name")
        if problem:
            problems.append(ValidationError(f"{line[:80]}: {problem}.", code=old))
        pairs.setdefault(old, new)
    if problems:
        raise ValidationError(problems)
    return "\n".join(f"{old} = {new}" for old, new in pairs.items())


def _problem_of_ours(old: str, new: str, pairs: Mapping[str, str]) -> str:
    """Empty when the line is right beside the lines before it."""
    if old not in RENAMABLE:
        return _("there is no event or attribute of ours with this name")
    if old in pairs:
        return _("this name was given a new one already")
    if not _is_new_name(new):
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
    if new in used | others:
        return _("the new name is taken")
    return "" if new == old else _problem_of_prefix(new)


def _problem_of_property(old: str, new: str, pairs: Mapping[str, str]) -> str:
    if not 0 < len(old) <= MAX_TEXT:
        return _("the old name must have 1 to 255 characters")
    if old in pairs:
        return _("this name was given a new one already")
    if not _is_new_name(new):
        return _("the new name must have 1 to 255 characters and not begin with $")
    if new in RESERVED_ATTRIBUTES:
        return _("Braze keeps the new name for itself")
    if new in pairs.values():
        return _("the new name is taken")
    return _problem_of_prefix(new)


def _is_new_name(new: str) -> bool:
    return is_name(new) and new.isprintable()


def _problem_of_prefix(new: str) -> str:
    """What we add one day must not meet what somebody has called so."""
    return _("names that begin with convercus_ are kept for what comes from us") if new.startswith(PREFIX) else ""
