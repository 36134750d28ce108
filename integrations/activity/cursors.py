"""Where in a list somebody is: at which row, and towards which end. Such an address stays true when rows are added."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = TypeVar("Row")


class BadCursor(Exception):
    """The address names no place in a list."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Behind the row with these two numbers in the order of the list, or before it, back to its beginning.

    Of a log, which begins with the newest, the first number is a moment in microseconds.
    """

    major: int
    minor: int
    is_towards_newer: bool = False

    @classmethod
    def of(cls, at: datetime, pk: int) -> "Cursor":
        return cls((at - _EPOCH) // timedelta(microseconds=1), pk)

    @property
    def at(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.major)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """A page of a list; the cursors lead to what is beside it, and are empty where nothing is."""

    rows: Sequence[Row]
    newer: str = ""
    older: str = ""


def cursor_of(*, before: str, after: str) -> Cursor | None:
    """`before` leads to the older ones, `after` to the newer ones. Raises BadCursor."""
    text = before or after
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise BadCursor
    return Cursor(int(found[1]), int(found[2]), is_towards_newer=not before)


def sliced(found: list[Row], places: Sequence[Cursor], *, size: int, cursor: Cursor | None) -> Slice[Row]:
    """`found` begins at the cursor and goes its way, with one row more than the page holds where there is one."""
    rows, places, has_more = found[:size], list(places[:size]), len(found) > size
    if not rows:
        return Slice(())
    if cursor and cursor.is_towards_newer:
        return Slice(rows[::-1], newer=str(places[-1]) if has_more else "", older=str(places[0]))
    return Slice(rows, newer=str(places[0]) if cursor else "", older=str(places[-1]) if has_more else "")
