"""The tables and charts of a report, from its counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_api.engine.balances import CENT
from loyalty_api.engine.report_reading import Counts, Period, Tallies, summed
from loyalty_api.pages.reports.definitions import COUPON, LEVEL, PARTNER, Column, Report, Value
from loyalty_api.pages.reports.periods import Stretch
from selfservice.ui.bars import BarChart, bar_chart

MOST_ROWS = 100
CENTS = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """`address` is the list that it counts, where there is one."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    head: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` begins with that of the rows' heads. `left_out` are the rows that are in the CSV only."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int = 0

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        """Each row with its cells beside the names of their columns."""
        return [(row, list(zip(self.columns[1:], row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Chart:
    """`total` is of the whole period; `is_state` for what holds at the end of each step. `most` is what the highest bar
    stands for. `legend` has a line for each kind where there are several: its tone, its label, and its total. What is
    below zero is not drawn, and the page says so."""

    label: str
    total: str
    chart: BarChart
    most: str
    legend: tuple[tuple[str, str, str], ...] = ()
    is_state: bool = False
    is_below_zero: bool = False


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step of the period: what was counted in it, and everything until its end."""

    step: Period
    within: Tallies
    until: Tallies


def in_words(value: Value, currency: str) -> str:
    """Money is a decimal, and everything else is counted in whole numbers."""
    if isinstance(value, Decimal):
        return f"{number_format(value, 2, force_grouping=True)} {currency}"
    return number_format(value, force_grouping=True)


def stepped(counts: Counts, stretch: Stretch) -> list[Stepped]:
    found, until = [], counts.at_first
    for step in stretch.steps:
        within = counts.steps.get(step.since, Tallies())
        until = summed((until, within))
        found.append(Stepped(step, within, until))
    return found


def over_time(report: Report, steps: Sequence[Stepped], stretch: Stretch, currency: str) -> Table:
    """Oldest first."""
    state = report.state
    first = _("Month") if stretch.is_by_month else _("Day")
    rows = [
        Row(
            Cell(_step_in_words(each.step, stretch)),
            (
                *(Cell(in_words(column.read(each.within), currency)) for column in report.columns),
                *([Cell(in_words(state.read(each.until), currency))] if state else []),
            ),
        )
        for each in steps
    ]
    return Table((first, *_labels(report, with_state=True)), tuple(rows))


def told_apart(
    report: Report,
    by: str,
    counts: Counts,
    names: Mapping[str, str],
    addresses: Callable[[Sequence[str]], Mapping[str, str]],
    currency: str,
) -> Table:
    """By partner, level or coupon: those that have a name in the order of the names, then what has none any more.
    Coupons may be many, so those that were used most come first. `addresses` is asked for those that are shown."""
    before, within = _apart(by, counts)
    keys = _in_order(report, by, before, within, names)
    shown = keys[:MOST_ROWS]
    links = addresses([key for key in shown if key in names or (by == PARTNER and not key)])
    rows = [
        Row(
            Cell(names.get(key) or unnamed(by, key), links.get(key, "")),
            (
                *(Cell(in_words(column.read(within.get(key, Tallies())), currency)) for column in report.columns),
                *([Cell(in_words(_state(report, key, before, within), currency))] if report.state else []),
            ),
        )
        for key in shown
    ]
    first = {PARTNER: _("Partner"), LEVEL: _("Level")}.get(by, _("Coupon"))
    return Table((first, *_labels(report, with_state=True)), tuple(rows), len(keys) - len(shown))


def _in_order(
    report: Report, by: str, before: Mapping[str, Tallies], within: Mapping[str, Tallies], names: Mapping[str, str]
) -> list[str]:
    # A level shows also where nothing happened; partners and coupons may be many.
    known = set(names) if by == LEVEL else {key for key, tallies in within.items() if _is_any(report, tallies)}
    if report.state:
        known |= {key for key in before.keys() | within.keys() if _state(report, key, before, within)}
    places = {key: place for place, key in enumerate(names)}
    weight = report.columns[-1].read if by == COUPON else lambda _tallies: 0
    return sorted(known, key=lambda key: (-weight(within.get(key, Tallies())), places.get(key, len(places)), key))


def _apart(by: str, counts: Counts) -> tuple[Mapping[str, Tallies], Mapping[str, Tallies]]:
    """Before the period and within it. What became of coupons before is no state that would count."""
    if by == PARTNER:
        return counts.before, counts.partners
    if by == COUPON:
        return {}, counts.coupons
    return counts.at_first.by_detail(), counts.whole.by_detail()


def unnamed(by: str, key: str) -> str:
    if by == PARTNER:
        return _("Without a partner")
    if by == LEVEL:
        return _("Removed level: %(slug)s") % {"slug": key} if key else _("Without a level")
    return key


def charts(report: Report, steps: Sequence[Stepped], counts: Counts, currency: str) -> list[Chart]:
    found = [_chart([report.column(name) for name in names], steps, counts, currency) for names in report.charts]
    return [*found, _state_chart(report.state, steps, currency)] if report.state else found


def csv_rows(
    report: Report, lines: Iterator[tuple[object, tuple[str, ...], Tallies]], names: Sequence[Mapping[str, str]]
) -> Iterator[list[object]]:
    """Numbers as numbers, money with its cents, days as ISO 8601. A line has a key for each of what the report tells
    apart, and `names` the names of each."""
    for day, keys, tallies in lines:
        if _is_any(report, tallies):
            apart = [part for key, named in zip(keys, names, strict=True) for part in (key, named.get(key, ""))]
            yield [str(day), *apart, *(_plain(column.read(tallies)) for column in report.columns)]


def csv_labels(report: Report, currency: str) -> list[str]:
    """A column of money says in which currency: its cells are numbers."""
    return [f"{column.label} ({currency})" if column.is_money else str(column.label) for column in report.columns]


def _plain(value: Value) -> Value:
    return value.quantize(CENT) if isinstance(value, Decimal) else value


def _labels(report: Report, *, with_state: bool) -> tuple[str, ...]:
    state = (_("%(what)s at the end") % {"what": report.state.label},) if report.state and with_state else ()
    return (*(str(column.label) for column in report.columns), *state)


def _is_any(report: Report, tallies: Tallies) -> bool:
    return any(column.read(tallies) for column in report.columns)


def _state(report: Report, key: str, before: Mapping[str, Tallies], within: Mapping[str, Tallies]) -> Value:
    if report.state is None:
        return 0
    return report.state.read(summed((before.get(key, Tallies()), within.get(key, Tallies()))))


def _chart(columns: Sequence[Column], steps: Sequence[Stepped], counts: Counts, currency: str) -> Chart:
    values = {(_moment(each.step), column.tone): column.read(each.within) for each in steps for column in columns}
    totals = [column.read(counts.whole) for column in columns]
    legend = [
        (column.tone, str(column.label), in_words(total, currency))
        for column, total in zip(columns, totals, strict=True)
    ]
    label = ", ".join(str(column.label) for column in columns)
    total = in_words(sum(totals, type(totals[0])(0)), currency)
    return _drawn(label, total, steps, values, currency, legend=tuple(legend if len(columns) > 1 else ()))


def _state_chart(state: Column, steps: Sequence[Stepped], currency: str) -> Chart:
    values = {(_moment(each.step), state.tone): state.read(each.until) for each in steps}
    at_last = in_words(state.read(steps[-1].until), currency)
    return _drawn(str(state.label), at_last, steps, values, currency, is_state=True)


def _drawn(
    label: str,
    total: str,
    steps: Sequence[Stepped],
    values: Mapping[tuple[datetime, str], Value],
    currency: str,
    *,
    legend: tuple[tuple[str, str, str], ...] = (),
    is_state: bool = False,
) -> Chart:
    """Bars have whole heights: those of money are its cents."""
    is_money = any(isinstance(value, Decimal) for value in values.values())
    heights = {key: max(0, int(value * CENTS if is_money else value)) for key, value in values.items()}
    kinds = list(dict.fromkeys(kind for _at, kind in values))
    chart = bar_chart(moments=[_moment(each.step) for each in steps], kinds=kinds, counts=heights)
    most = in_words(Decimal(chart.most) / CENTS if is_money else chart.most, currency)
    return Chart(label, total, chart, most, legend, is_state, is_below_zero=min(values.values()) < 0)


def _moment(step: Period) -> datetime:
    """Only to tell steps apart: a day has no moment."""
    return datetime.combine(step.since, time.min, UTC)


def _step_in_words(step: Period, stretch: Stretch) -> str:
    form = pgettext("date format", "F Y") if stretch.is_by_month else pgettext("date format", "j M Y")
    return date_format(step.since, form, use_l10n=False)
