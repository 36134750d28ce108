"""Between rows and statements written by hand, for the calls that somebody waits for: Django compiles none of these."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def read(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def write(text: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def statement(text: str, **models: type[Model]) -> str:
    """The text with all columns of each model in the place of the alias in braces, as `made` takes them."""
    return text.format(**{alias: _columns(model, alias) for alias, model in models.items()})


@cache
def width(model: type[Model]) -> int:
    return len(model._meta.concrete_fields)


def made(model: type[M], values: Sequence[Any]) -> M:
    """The stored object that these columns are of."""
    read_values = list(values)
    for place, field in _read_by_field(model):
        read_values[place] = field.from_db_value(read_values[place], None, connection)
    return model.from_db("default", _names(model), read_values)


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _read_by_field(model: type[Model]) -> list[tuple[int, Any]]:
    """The fields that read a value in a way of their own, as JSON is."""
    fields = model._meta.concrete_fields
    return [(place, field) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)
