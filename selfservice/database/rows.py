"""Between rows and statements written by hand, for the calls that somebody waits for: Django compiles none of these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import msgspec
from django.db import connection
from django.db.models import AutoField, Model

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Along:
    """A query that goes along with another one of a program, so that a call waits for one answer instead of two.

    `text` gives one row at most, takes `values` by their names, and writes the program's id as `p.id`.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Along("SELECT")
_CHANGE_ALONE = "WITH --parts-- SELECT"


@dataclass(frozen=True, slots=True)
class Change:
    """What is stored by a statement that comes anyway: parts of its WITH clause, which take `values` by names of their
    own."""

    parts: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: "Change") -> "Change":
        return Change(f"{self.parts}, {other.parts}", {**self.values, **other.values})


NO_CHANGE = Change("")


def read(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def write(text: str, values: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def apply(change: Change) -> None:
    """For who has no other statement to store it by."""
    write(_CHANGE_ALONE.replace("--parts--", change.parts), change.values)


def insert_all(model: type[M], objects: Iterable[M]) -> None:
    """Stores new objects as they are, all by one statement whose only value is one text. Their keys are made by us."""
    columns = _inserted(model)
    found = [{column: getattr(each, name) for name, column in columns.items()} for each in objects]
    if found:
        write(_insertion(model), {"rows": msgspec.json.encode(found).decode()})


def statement(text: str, **models: type[Model]) -> str:
    """The text with all columns of each model in the place of the alias in braces, as `made` takes them."""
    return text.format(**{alias: _columns(model, alias) for alias, model in models.items()})


@cache
def width(model: type[Model]) -> int:
    return len(model._meta.concrete_fields)


def made(model: type[M], values: Sequence[Any]) -> M:
    """The stored object that these columns are of."""
    read_values = list(values)
    for place, read_by in _read_by_field(model):
        read_values[place] = read_by.from_db_value(read_values[place], None, connection)
    return model.from_db("default", _names(model), read_values)


@cache
def _insertion(model: type[Model]) -> str:
    columns = ", ".join(_inserted(model).values())
    types = ", ".join(f"{field.column} {field.db_type(connection)}" for field in model._meta.concrete_fields)
    return (
        f"INSERT INTO {model._meta.db_table} ({columns})"  # noqa: S608 - the names are those of our models
        f" SELECT {columns} FROM json_to_recordset(%(rows)s::json) AS new({types})"
    )


@cache
def _inserted(model: type[Model]) -> dict[str, str]:
    """The columns by the attributes that they are of, without a key that the database makes."""
    fields = model._meta.concrete_fields
    return {field.attname: str(field.column) for field in fields if not isinstance(field, AutoField)}


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
