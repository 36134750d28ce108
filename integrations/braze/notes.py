"""The notes of the mapping, which are kept in English, in the reader's language."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# Each stands behind the name of what it is about: "phone: left out, not a phone number".
_SENTENCES = (
    _("a number, sent as text"),
    _("a text, sent as number"),
    _("an element that is no single value was left out"),
    _("characters that are no valid Unicode were replaced"),
    _("cut to %(most)s characters"),
    _("cut to %(most)s elements"),
    _("entry %(number)s was left out, it has no name that Braze takes"),
    _("left out, Braze takes no property of that name"),
    _("left out, a number that is too large"),
    _("left out, an object of inc, add or remove would be an order to Braze"),
    _("left out, an object without content"),
    _("left out, empty"),
    _("left out, its name is taken"),
    _("left out, larger than 100 KB"),
    _("left out, not a code that Braze knows"),
    _("left out, not a country that we know"),
    _("left out, not a date of birth"),
    _("left out, not a date with time and offset"),
    _("left out, not a field that is sent"),
    _("left out, not a list"),
    _("left out, not a name that Braze takes"),
    _("left out, not a number"),
    _("left out, not a phone number"),
    _("left out, not a text"),
    _("left out, not a valid address"),
    _("left out, not a value that Braze takes"),
    _("left out, nothing but spaces"),
    _("left out, only single values and lists of texts are sent"),
    _("left out, the attributes were larger than 100 KB"),
    _("left out, the currency is not one that is in use"),
    _("left out, the event was larger than 100 KB"),
    _("left out, the name is reserved"),
    _("left out, the order was larger than 100 KB"),
    _("left out, the receipt has no valid %(field)s"),
    _("left out, they tell of a %(role)s, and the profile is the owner's"),
    _("line %(number)s was left out, not an object"),
    _("not a time with an offset, the event's is sent"),
    _("one purchase is sent, their amounts are too large to be added up"),
    _("put into the international form"),
    _("sent as %(name)s, names take no spaces, dots and $"),
    _("sent as it is, its country cannot be told"),
    _("sent as %(code)s"),
    _("stands there twice, the later value was sent"),
    _("the purchases of %(number)s groups were put into %(most)s"),
    _("the time of day was cut off"),
    _("what is no object was left out of a list of objects"),
    _("%(field)s of line %(number)s was left out"),
    _("%(field)s says nothing, not a list of channels"),
    _("%(number)s were left out of the order, their amounts go the other way"),
)
_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def note_in_words(note: str) -> str:
    """A note that nobody knows here stays as it is: it may be older than these sentences."""
    name, colon, told = note.rpartition(": ")
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(told):
            return f"{name}{colon}{gettext(sentence) % found.groupdict()}"
    return note


def _patterns() -> Iterator[tuple[str, "re.Pattern[str]"]]:
    for sentence in _SENTENCES:
        yield sentence, re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(sentence)), re.DOTALL)


_PATTERNS = tuple(_patterns())
