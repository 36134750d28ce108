"""The languages that a coupon's texts are written in, and the names of their fields."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_language_info

from selfservice.programs.models import Program

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,20}")


def languages_of(program: Program, used: Iterable[str] = ()) -> list[str]:
    """The program's own first, then those of the product, then others that the coupon has texts in."""
    return list(dict.fromkeys([program.language, *(code for code, _name in settings.LANGUAGES), *used]))


def field_name(language: str, part: str) -> str:
    """What others call a language may be any text; a field's name may not."""
    token = language if _PLAIN.fullmatch(language) else "x" + language.encode().hex()
    return f"{part}-{token}"


def language_name(language: str) -> str:
    try:
        return str(get_language_info(language)["name_translated"])
    except KeyError:
        return language


def lang_tag(language: str) -> str:
    """For the attribute `lang`; empty for what may be no language at all."""
    try:
        return str(get_language_info(language)["code"])
    except KeyError:
        return ""
