"""Pages of a list that runs from the greatest key to the least. An address stays true when rows are added."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[RowT]):
    """`newer` and `older` are keys to go on from, and empty where nothing follows."""

    rows: list[RowT]
    newer: str = ""
    older: str = ""


def page_of(rows: "QuerySet[RowT]", *, size: int, before: str = "", after: str = "") -> KeysetPage[RowT]:
    """The `size` rows behind the key `before`, or in front of the key `after`, or the first ones; one statement. What
    can be no key of these rows counts as none."""
    before, after = _sound(rows, before), _sound(rows, after)
    is_back = bool(after) and not before
    if is_back:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    else:
        found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: size + 1])
    shown, has_more = found[:size], len(found) > size
    if is_back:
        shown.reverse()
    if not shown:
        return KeysetPage([])
    first, last = _key(shown[0]), _key(shown[-1])
    has_newer, has_older = (has_more, True) if is_back else (bool(before), has_more)
    return KeysetPage(shown, newer=first if has_newer else "", older=last if has_older else "")


def _sound(rows: "QuerySet[RowT]", key: str) -> str:
    field = rows.model._meta.pk
    try:
        field.to_python(key)
    except ValidationError:
        return ""
    return key


def _key(row: Any) -> str:
    return str(row.pk)
