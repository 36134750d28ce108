"""Reads JSON bodies, and refuses here, once for all calls, what no field could take."""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from loyalty_api.contract import Json

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "body_too_large"
    default_detail = f"The body is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB."


class JsonParser(BaseParser):
    """Strict JSON in UTF-8: of a bounded size and depth, without NaN, and with text that the database can store."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Json:
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            value = json.loads(raw, parse_constant=_refuse_constant)
        # A number of thousands of digits is a ValueError, as bad UTF-8 and bad JSON are.
        except (ValueError, RecursionError):
            raise ParseError("The body is no JSON that can be read here.") from None
        for text, depth in _texts(value):
            if depth > MAX_DEPTH:
                raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
            if "\x00" in text or not _is_unicode(text):
                raise ParseError("The body holds a character that cannot be stored: NUL or half a surrogate pair.")
        return value


def _texts(value: Json, depth: int = 0) -> Iterator[tuple[str, int]]:
    """Every text, names included; of what nests too deep only so much that it is noticed."""
    if isinstance(value, str):
        yield value, depth
    elif isinstance(value, dict | list):
        yield "", depth
        if depth > MAX_DEPTH:
            return
        for item in value:
            yield from _texts(item, depth + 1)
        if isinstance(value, dict):
            for item in value.values():
                yield from _texts(item, depth + 1)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> Json:
    raise ValueError(name)
