"""What a form's field holds, as a person reads it."""

from collections.abc import Iterable, Iterator, Sequence

from django import forms
from django.utils.translation import gettext as _

SHOWN_LENGTH = 200
SHOWN_WORDS = 6


def words_of(field: forms.Field | None, value: object) -> list[str]:
    """A stored value as the form words it."""
    if isinstance(value, bool) or isinstance(field, forms.BooleanField):
        return [_("yes") if value else _("no")]
    names = dict(_names(getattr(field, "choices", [])))
    items = value if isinstance(value, list) else [value] if value not in (None, "") else []
    return [names.get(str(item), str(item)) for item in items]


def _names(choices: Iterable[tuple[object, object]]) -> Iterator[tuple[str, str]]:
    """Those within groups too."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _names(label)
        else:
            yield str(key), str(label)


def shortened(words: Sequence[str]) -> str:
    """In one text that no page is too small for."""
    text = ", ".join(words[:SHOWN_WORDS])
    if more := len(words[SHOWN_WORDS:]):
        return _("%(words)s and %(count)d more") % {"words": text, "count": more}
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
