"""JSON in and out, with one alias for its values."""

from typing import TypeAlias, cast

import orjson

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, Json]


def read_json(body: bytes) -> Json:
    """Raises ValueError for what is not JSON, and for what could not be written again (nested hundreds deep)."""
    value = cast("Json", orjson.loads(body))
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise ValueError(str(error)) from error
    return value


def write_json(value: object) -> bytes:
    return orjson.dumps(value)
