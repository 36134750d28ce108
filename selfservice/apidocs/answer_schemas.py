"""From the types of answers to JSON Schema."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]
Refer = Callable[[type], Schema]

_SCALARS: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    Any: {},
}


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a type cannot say, as JSON Schema names it."""

    name: str
    value: str | float | tuple[str, ...]


def one_of(values: Iterable[str]) -> Keyword:
    return Keyword("enum", tuple(values))


def schema_of(hint: Any, *, refer: Refer) -> Schema:
    """Of a type as an answer may name it. `refer` is asked for each TypedDict and gives the reference to it.

    Beside an annotated type stand its description, a text, and further keywords.
    """
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    if is_typeddict(hint):
        return refer(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(schema_of(parts[0], refer=refer), parts[1:])
    if origin is list:
        return {"type": "array", "items": schema_of(parts[0], refer=refer)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(parts[1], refer=refer)}
    if origin in {Union, UnionType}:
        return _any_of([schema_of(part, refer=refer) for part in parts])
    raise TypeError(f"An answer cannot be described as {hint!r}.")


def object_schema(answer: type, *, refer: Refer) -> Schema:
    """Every field is there in every answer, so each is required, but in a body's type that says `total=False`. Others
    may be added in time."""
    fields = get_type_hints(answer, include_extras=True)
    properties = {name: schema_of(hint, refer=refer) for name, hint in fields.items()}
    required = [name for name in fields if name in answer.__required_keys__]  # type: ignore[attr-defined]
    schema: Schema = {"type": "object", "properties": properties, "required": required}
    return {**schema, "description": answer.__doc__} if answer.__doc__ else schema


def _annotated(schema: Schema, notes: tuple[Any, ...]) -> Schema:
    for note in notes:
        if isinstance(note, Keyword):
            schema[note.name] = list(note.value) if isinstance(note.value, tuple) else note.value
        else:
            schema["description"] = note
    return schema


def _any_of(schemas: list[Schema]) -> Schema:
    """`type: [string, null]` where one schema can say it."""
    null, others = {"type": "null"}, [schema for schema in schemas if schema != {"type": "null"}]
    if len(others) == 1 and isinstance(others[0].get("type"), str) and len(schemas) == 2:
        return {**others[0], "type": [others[0]["type"], "null"]}
    return {"anyOf": [*others, null] if len(others) < len(schemas) else others}
