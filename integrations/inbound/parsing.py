"""Reads JSON bodies, whose size, depth and names are judged before, and without values that no database could hold."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.exceptions import ParseError

from integrations.inbound.errors import DoorError
from integrations.inbound.scanning import first_level_exceeded, max_depth_exceeded

MAX_DEPTH = 20
MAX_NAMES = 200


def read_json(raw: bytes) -> Any:
    """Stricter than the standard library: no NaN, no lone surrogates, no infinite numbers, no nesting to speak of.

    Raises ParseError.
    """
    if raw.lstrip()[:1] == b"{" and first_level_exceeded(raw, at_most=MAX_NAMES):
        raise ParseError(f"The body has more than {MAX_NAMES} fields.")
    if max_depth_exceeded(raw, at_most=MAX_DEPTH):
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ParseError(f"The body is not valid JSON: {error}.") from None


def require_readable(headers: Mapping[str, Any], *, max_bytes: int) -> None:
    """Judges a body by what is announced of it, before a byte of it is read. `headers` are named as in WSGI.

    Raises DoorError.
    """
    if headers.get("HTTP_TRANSFER_ENCODING") and not headers.get("CONTENT_LENGTH"):
        raise DoorError(411, "length_required", "Send the header Content-Length; chunked bodies are not read here.")
    length = str(headers.get("CONTENT_LENGTH") or 0)
    if not (length.isascii() and length.isdigit()):
        raise DoorError(400, "validation_failed", "The header Content-Length must be a number.")
    if int(length[:20]) > max_bytes:
        raise DoorError(413, "too_large", f"The body is larger than {max_bytes // 1024} KiB.")
    if str(headers.get("HTTP_CONTENT_ENCODING") or "identity").strip().lower() != "identity":
        raise DoorError(400, "validation_failed", "Send the body as it is, without Content-Encoding.")
    charset = _charset(str(headers.get("CONTENT_TYPE") or ""))
    if charset not in {"", "utf-8", "utf8"}:
        raise DoorError(400, "validation_failed", "JSON is read as UTF-8. Leave the charset out of Content-Type.")


def _charset(content_type: str) -> str:
    for part in content_type.split(";")[1:]:
        name, _equals, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
