"""The tables of the page. Each is shown there and can be had as CSV, from the same rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.delivery.models import State
from integrations.insight.counting import ENDED, FAILED, Calls, Counted
from integrations.insight.durations import HALF, NEARLY_ALL, bound_ms
from integrations.insight.links import Lists
from integrations.insight.statuses import in_short

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")
# As the log's filter calls it.
NO_ANSWER = "none"
Value = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is what a page shows of a value that is neither a number nor a moment; `address` the list it counts."""

    value: Value
    text: str = ""
    address: str = ""

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int) and not self.text

    @property
    def is_moment(self) -> bool:
        return isinstance(self.value, datetime)


@dataclass(frozen=True, slots=True)
class Row:
    """`head` names it; `sub` says more of it on the page only."""

    head: Cell
    cells: tuple[Cell, ...]
    sub: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` begins with that of the rows' heads. Whoever shows it wants to know which of them hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column, and whether it holds numbers."""
        cells = self.rows[0].cells if self.rows else ()
        return list(zip(self.columns, (False, *(cell.is_number for cell in cells)), strict=False))

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        """Each row with its cells beside the names of their columns."""
        return [(row, list(zip(self.columns[1:], row.cells, strict=True))) for row in self.rows]


def over_time(counted: Counted, lists: Lists) -> Table:
    """Oldest first."""
    states = [str(State(state).label) for state in ENDED]
    incoming, outgoing = (counted.calls[way].bars for way in (Direction.IN, Direction.OUT))
    rows = [
        Row(
            Cell(ended.at),
            tuple(
                Cell(count)
                for count in (
                    *ended.counts.values(),
                    *(number for bar in (calls_in, calls_out) for number in (bar.total, bar.counts[FAILED])),
                )
            ),
        )
        for ended, calls_in, calls_out in zip(counted.ended.bars, incoming, outgoing, strict=True)
    ]
    title = {"title": lists.place.spec.title}
    calls = [
        _("Calls from %(title)s") % title,
        _("Failed calls from %(title)s") % title,
        _("Calls to %(title)s") % title,
        _("Failed calls to %(title)s") % title,
    ]
    first = _("Day") if counted.stretch.is_by_day else _("Hour")
    return Table((first, *states, *calls), tuple(rows))


def by_type(counted: Counted, lists: Lists) -> Table:
    states = tuple(str(State(state).label) for state in ENDED)
    columns = (_("Event type"), *states, _("May have arrived twice"), _("Sum"))
    rows = [
        Row(
            Cell(name),
            (
                *(Cell(ends.states[state], address=lists.only(type=name, state=state)) for state in ENDED),
                Cell(ends.twice),
                Cell(ends.total),
            ),
            is_code=True,
        )
        for name, ends in _most_first(counted.by_type.items(), lambda ends: ends.total)
    ]
    return Table(columns, tuple(rows))


def by_endpoint(counted: Counted, lists: Lists) -> Table:
    columns = (
        _("Call"),
        _("Direction"),
        _("Calls"),
        _("Failed"),
        _("Objects"),
        _("Half within (ms)"),
        _("95 % within (ms)"),
    )
    rows = [
        Row(
            Cell(name),
            (
                Cell(_direction(way, lists)),
                Cell(calls.count, address=lists.only(direction=way, endpoint=name)),
                Cell(calls.failed),
                Cell(calls.units),
                *_durations(calls),
            ),
            is_code=True,
        )
        for (way, name), calls in _most_first(counted.by_endpoint.items(), lambda calls: calls.count)
    ]
    return Table(columns, tuple(rows))


def by_key(counted: Counted, lists: Lists) -> Table:
    columns = (_("Key"), _("Calls"), _("Failed"), _("Half within (ms)"), _("95 % within (ms)"))
    rows = [
        Row(
            Cell(counted.key_names.get(prefix, "") or (_("Removed key") if prefix else _("No valid key"))),
            (
                Cell(calls.count, address=lists.only(direction=Direction.IN.value, key=prefix) if prefix else ""),
                Cell(calls.failed),
                *_durations(calls),
            ),
            sub=f"cvc_{prefix}…" if prefix else "",
        )
        for prefix, calls in _most_first(counted.by_key.items(), lambda calls: calls.count)
    ]
    return Table(columns, tuple(rows))


def by_status(counted: Counted, lists: Lists) -> Table:
    columns = (_("Status"), _("Direction"), _("Calls"), _("Half within (ms)"), _("95 % within (ms)"))
    rows = [
        Row(
            Cell(status, text=in_short(status)),
            (
                Cell(_direction(way, lists)),
                Cell(calls.count, address=lists.only(direction=way, status=str(status) if status else NO_ANSWER)),
                *_durations(calls),
            ),
        )
        for (way, status), calls in _most_first(counted.by_status.items(), lambda calls: calls.count)
    ]
    return Table(columns, tuple(rows))


TABLES: dict[str, Callable[[Counted, Lists], Table]] = {
    "time": over_time,
    "types": by_type,
    "endpoints": by_endpoint,
    "keys": by_key,
    "statuses": by_status,
}


def _direction(way: str, lists: Lists) -> str:
    title = {"title": lists.place.spec.title}
    return _("from %(title)s") % title if way == Direction.IN else _("to %(title)s") % title


def _durations(calls: Calls) -> tuple[Cell, Cell]:
    return Cell(bound_ms(calls.buckets, share=HALF)), Cell(bound_ms(calls.buckets, share=NEARLY_ALL))


def _most_first(found: Iterable[tuple[KeyT, ValueT]], size: Callable[[ValueT], int]) -> list[tuple[KeyT, ValueT]]:
    return sorted(found, key=lambda item: (-size(item[1]), str(item[0])))


def rows_of(table: Table, *, zone: str) -> list[list[str | int | None]]:
    """The rows as CSV has them: numbers as numbers, moments as ISO 8601 in the program's time zone."""
    return [[_plain(cell, zone) for cell in (row.head, *row.cells)] for row in table.rows]


def _plain(cell: Cell, zone: str) -> str | int | None:
    if isinstance(cell.value, datetime):
        return cell.value.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
    return cell.value
