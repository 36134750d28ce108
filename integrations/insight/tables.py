"""The tables of the page. Each is shown there and can be had as CSV, from the same rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from integrations.calls.models import Direction
from integrations.delivery.models import State
from integrations.frame.lists import Lists
from integrations.insight.counting import ENDED, FAILED, Calls, Counted
from integrations.insight.durations import HALF, NEARLY_ALL, bound_ms
from integrations.insight.statuses import in_short
from selfservice.ui.bars import Bar
from selfservice.ui.zones import known_zone

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")
# As the log's filters call it.
NO_ANSWER = NO_KEY = "none"
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
            (
                *(_cell(lists.within(step), count, state=state) for state, count in ended.counts.items()),
                *_calls_of_step(lists.within(step), Direction.IN.value, calls_in),
                *_calls_of_step(lists.within(step), Direction.OUT.value, calls_out),
            ),
        )
        for step, ended, calls_in, calls_out in zip(
            counted.stretch.steps, counted.ended.bars, incoming, outgoing, strict=True
        )
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


def _calls_of_step(lists: Lists, way: str, bar: Bar) -> tuple[Cell, Cell]:
    failed = bar.counts[FAILED]
    return _cell(lists, bar.total, direction=way), _cell(lists, failed, direction=way, outcome="failed")


def _cell(lists: Lists, count: int, **filters: str) -> Cell:
    return Cell(count, address=lists.only(count, **filters))


def by_type(counted: Counted, lists: Lists) -> Table:
    states = tuple(str(State(state).label) for state in ENDED)
    columns = (_("Event type"), *states, _("May have arrived twice"), _("Sum"))
    rows = [
        Row(
            Cell(name),
            (
                *(_cell(lists, ends.states[state], type=name, state=state) for state in ENDED),
                _cell(lists, ends.twice, type=name, state="ended", twice="1"),
                _cell(lists, ends.total, type=name, state="ended"),
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
                _cell(lists, calls.count, direction=way, endpoint=name),
                _cell(lists, calls.failed, direction=way, endpoint=name, outcome="failed"),
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
                _cell(lists, calls.count, direction=Direction.IN.value, key=prefix or NO_KEY),
                _cell(lists, calls.failed, direction=Direction.IN.value, key=prefix or NO_KEY, outcome="failed"),
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
                _cell(lists, calls.count, direction=way, status=str(status) if status else NO_ANSWER),
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
        return cell.value.astimezone(known_zone(zone)).isoformat(timespec="minutes")
    return cell.value
