"""Texts from elsewhere on their way into a row."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Control characters, and what parts lines and paragraphs.
_NOT_ON_A_LINE = frozenset({"Cc", "Zl", "Zp"})


def storable(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL, and halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")


def one_line(text: str) -> None:
    """For a form's or a model's field. Raises ValidationError for what would end the line of a mail, list or file."""
    if any(unicodedata.category(letter) in _NOT_ON_A_LINE for letter in text):
        raise ValidationError(_("Write this on one line: without line breaks and other control characters."))
