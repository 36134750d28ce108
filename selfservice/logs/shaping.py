"""The steps from a record to what its line says. Pure, but for the moment that a record carries."""

import re
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Fields = Mapping[str, Any]
Redact = Callable[[str], str]

MAX_TEXT_CHARACTERS = 8_000
_PLACEHOLDER = re.compile(r"%[^%]")
_NAMED = re.compile(r"(?:^|\s)(\w+)=%[sdr]")
# What ends a line somewhere, moves a terminal's cursor, or reverses the direction of what follows.
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ADDRESS = re.compile(r"(?i)\b(\w+(?:\+\w+)?://)([^\s/@:]*):[^\s/]*@")
# Pages that whoever has the link may use without an account.
_LINK = re.compile(r"(/(?:sign-in/(?:link|invitation)|alerts/(?:confirm|stop))/)[^\s\"'?]+")


@lru_cache(maxsize=1024)
def _names(message: str) -> tuple[str, tuple[str, ...]] | None:
    """What happened and the names of the fields. A message stands in the source, so there are few."""
    names = tuple(_NAMED.findall(message))
    first = _NAMED.search(message)
    if first is None or len(_PLACEHOLDER.findall(message)) != len(names):
        return None
    return message[: first.start()].strip(), names


def named_fields(message: str, arguments: Any) -> tuple[str, dict[str, Any]] | None:
    """The fields of a message that is written `what happened name=%s other=%d`; None for any other message.

    The names come from the source and the values from the arguments, so that no value can pose as a field.
    """
    found = _names(message)
    if found is None or not isinstance(arguments, tuple) or len(found[1]) != len(arguments):
        return None
    return found[0], dict(zip(found[1], arguments, strict=True))


def printable(text: str) -> str:
    """The text on one line: whatever could begin another one, or repaint a terminal, is spelled out."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def without_secrets(text: str, redact: Redact) -> str:
    """The text without keys, tokens, passwords in addresses, and links that let somebody in."""
    return _LINK.sub(r"\1***", _ADDRESS.sub(r"\1\2:***@", redact(text)))


def safe(value: Any, redact: Redact) -> Any:
    """A field's value as it may be written: numbers stay numbers, everything else becomes safe text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [safe(item, redact) for item in value]
    return _safe_text(str(value)[: 2 * MAX_TEXT_CHARACTERS], redact)


@lru_cache(maxsize=512)
def _safe_text(text: str, redact: Redact) -> str:
    """Remembered, since most fields have few values: a route, a program, an outcome."""
    return printable(without_secrets(text, redact)[:MAX_TEXT_CHARACTERS])


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def traceback_lines(exc_info: Any, redact: Redact) -> list[str]:
    """A traceback, each of its lines safe by itself: an exception's text may hold anything."""
    text = "".join(traceback.format_exception(*exc_info))
    return [printable(line) for line in without_secrets(text, redact).split("\n") if line.strip()]
