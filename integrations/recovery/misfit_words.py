"""What is wrong with the fields of an event that somebody has written by hand, and where."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from integrations.delivery.known_fields import Kind, Misfit, misfits
from loyalty_api.contract import Json

_MOST = 20


def misfits_in_words(*, type_: str, data: Mapping[str, Json], text: str) -> list[str]:
    """A sentence for each field of the wrong kind, with its line in the `text` where that is clear."""
    return [_sentence(each, text) for each in misfits(type_=type_, data=data)[:_MOST]]


def _sentence(found: Misfit, text: str) -> str:
    names = {"field": found.path, "expected": _expected()[found.kind], "line": _line(found, text)}
    if names["line"]:
        return _("“%(field)s” in line %(line)s: %(expected)s") % names
    return _("“%(field)s”: %(expected)s") % names


def _expected() -> Mapping[Kind, str]:
    return {
        Kind.NUMBER: _("a number has to stand here, without quotes."),
        Kind.TEXT: _("a text has to stand here."),
        Kind.TEXTS: _("a list of texts has to stand here."),
        Kind.MOMENT: _("a time with its offset has to stand here, such as 2026-03-02T09:15:02Z."),
        Kind.DAY: _("a day has to stand here, such as 1988-04-12."),
        Kind.OBJECT: _("an object has to stand here, in braces."),
        Kind.OBJECTS: _("a list of objects has to stand here."),
    }


def _line(found: Misfit, text: str) -> int:
    """0 where several fields have that name."""
    name = found.path.rpartition(".")[2]
    places = [match.start() for match in re.finditer(rf'"{re.escape(name)}"\s*:', text)]
    return text.count("\n", 0, places[0]) + 1 if len(places) == 1 else 0
