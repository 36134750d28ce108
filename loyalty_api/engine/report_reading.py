"""Reads what was counted for reports: of a period by day and by partner, and how things stood before it. No row of a
ledger is read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from loyalty_api.engine.months import add_months
from loyalty_api.engine.report_models import ReportCount, ReportMoment
from selfservice.database import rows
from selfservice.programs.models import Program

_NOTHING = Decimal(0)
_OF = """program_id = %(program)s AND figure = ANY(%(figures)s)
   AND (%(partner)s::text IS NULL OR partner_id = %(partner)s)"""
_DAYS = f"""
SELECT figure, partner_id, detail, day AS step, number, amount FROM report_day_count
 WHERE {_OF} AND day BETWEEN %(since)s AND %(until)s
"""  # noqa: S608 - the parts are constants
# Whole months, less the days of the first and the last one that are not of the period: years are few rows.
_MONTHS = f"""
SELECT figure, partner_id, detail, GREATEST(month, %(since)s) AS step, number, amount FROM report_month_count
 WHERE {_OF} AND month BETWEEN %(first_month)s AND %(until)s
UNION ALL
SELECT figure, partner_id, detail, %(since)s::date, -number, -amount FROM report_day_count
 WHERE {_OF} AND day >= %(first_month)s AND day < %(since)s
UNION ALL
SELECT figure, partner_id, detail, GREATEST(%(last_month)s::date, %(since)s), -number, -amount FROM report_day_count
 WHERE {_OF} AND day > %(until)s AND day < %(next_month)s
"""  # noqa: S608 - the parts are constants
_BEFORE = f"""
SELECT figure, partner_id, detail, number, amount FROM report_count WHERE {_OF}
UNION ALL
SELECT figure, partner_id, detail, -number, -amount FROM report_month_count WHERE {_OF} AND month >= %(first_month)s
UNION ALL
SELECT figure, partner_id, detail, number, amount FROM report_day_count
 WHERE {_OF} AND day >= %(first_month)s AND day < %(since)s
"""  # noqa: S608 - the parts are constants
# One statement, so that all of it is of one moment. It is the database that sums up: what comes out is as many rows as
# there are steps and partners, and never as many as one times the other.
_SUMS = "sum(number), sum(amount)"
_READ = """
SELECT 'before', NULL::date, partner_id, figure, detail, {sums} FROM ({before}) AS before
 GROUP BY partner_id, figure, detail HAVING ({sums}) <> (0, 0)
UNION ALL
SELECT CASE GROUPING(step) WHEN 0 THEN 'step' ELSE 'partner' END, step, partner_id, figure, detail, {sums}
  FROM ({within}) AS within
 GROUP BY GROUPING SETS ((step, figure, detail), (partner_id, figure, detail)) HAVING ({sums}) <> (0, 0)
"""
_BY_DAY = _READ.format(before=_BEFORE, within=_DAYS, sums=_SUMS)
_BY_MONTH = _READ.format(before=_BEFORE, within=_MONTHS, sums=_SUMS)
_LINES = f"""
SELECT step, partner_id, figure, detail, number, amount FROM ({_DAYS}) AS within ORDER BY step, partner_id
"""  # noqa: S608 - the parts are constants
# Of a download, so that nothing is held open, and not all of it in memory, for as long as somebody takes to read it.
_PORTION = timedelta(days=7)


@dataclass(slots=True)
class Tally:
    """How many, and how much."""

    number: int = 0
    amount: Decimal = _NOTHING

    def add(self, number: int, amount: Decimal) -> None:
        self.number += number
        self.amount += amount


@dataclass(slots=True)
class Tallies:
    """Tallies by figure and detail; what was not counted is none."""

    of: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))

    def add(self, figure: str, detail: str, number: int, amount: Decimal = _NOTHING) -> None:
        self.of[figure, detail].add(int(number), Decimal(amount))

    def include(self, other: "Tallies") -> None:
        for (figure, detail), tally in other.of.items():
            self.add(figure, detail, tally.number, tally.amount)

    def all(self, figure: str, *, only: Collection[str] | None = None, but: Collection[str] = ()) -> Tally:
        """Of a figure the sum over its details; `only` these, or all `but` these."""
        found = Tally()
        for (of, detail), tally in self.of.items():
            if of == figure and detail not in but and (only is None or detail in only):
                found.add(tally.number, tally.amount)
        return found

    def by_detail(self) -> dict[str, "Tallies"]:
        found = defaultdict[str, Tallies](Tallies)
        for (figure, detail), tally in self.of.items():
            found[detail].add(figure, detail, tally.number, tally.amount)
        return dict(found)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the program's zone, both included."""

    since: date
    until: date

    @property
    def portions(self) -> Iterator["Period"]:
        since = self.since
        while since <= self.until:
            yield Period(since, min(since + _PORTION - timedelta(days=1), self.until))
            since += _PORTION

    @property
    def bounds(self) -> dict[str, date]:
        """For a statement: both days, and the months that hold them."""
        first, last = self.since.replace(day=1), self.until.replace(day=1)
        months = {"first_month": first, "last_month": last, "next_month": add_months(last, 1)}
        return {"since": self.since, "until": self.until} | months


@dataclass(frozen=True)
class Counts:
    """`before` is the sum of everything before the period, by partner. `steps` are days or months, by their first day
    within the period. Steps and partners without anything are left out. `coupons` are those that were used, where that
    is what was asked for."""

    before: Mapping[str, Tallies]
    steps: Mapping[date, Tallies]
    partners: Mapping[str, Tallies]
    coupons: Mapping[str, Tallies] = field(default_factory=dict)

    @cached_property
    def at_first(self) -> Tallies:
        """Everything before the period, whatever the partner."""
        return summed(self.before.values())

    @cached_property
    def whole(self) -> Tallies:
        """Of the period."""
        return summed(self.steps.values())


def summed(parts: Iterable[Tallies]) -> Tallies:
    found = Tallies()
    for tallies in parts:
        found.include(tallies)
    return found


def counts_of(
    *,
    program: Program,
    figures: Sequence[str],
    period: Period,
    partner_id: str | None = None,
    is_by_month: bool = False,
) -> Counts:
    """`partner_id` narrows it down to one partner, an empty one to what happened at none."""
    before, partners = defaultdict[str, Tallies](Tallies), defaultdict[str, Tallies](Tallies)
    steps = defaultdict[date, Tallies](Tallies)
    text = _BY_MONTH if is_by_month else _BY_DAY
    for part, step, partner, *counted in rows.read(text, _asked(program, figures, period, partner_id)):
        tallies = steps[step] if part == "step" else partners[partner] if part == "partner" else before[partner]
        tallies.add(*counted)
    return Counts(dict(before), dict(sorted(steps.items())), dict(partners))


def lines_of(
    *, program: Program, figures: Sequence[str], period: Period, partner_id: str | None = None
) -> Iterator[tuple[date, str, Tallies]]:
    """By day and partner, oldest first; without what nothing happened at. Read in portions."""
    for portion in period.portions:
        found = rows.read(_LINES, _asked(program, figures, portion, partner_id))
        for (day, partner), lines in groupby(found, key=lambda line: (line[0], line[1])):
            tallies = Tallies()
            for _day, _partner, *counted in lines:
                tallies.add(*counted)
            yield day, partner, tallies


def is_counted(*, program: Program, figures: Sequence[str], partner_id: str | None = None) -> bool:
    """Whether there is anything of these figures, on whatever day."""
    found = ReportCount.objects.filter(program=program, figure__in=figures)
    return (found if partner_id is None else found.filter(partner_id=partner_id)).exists()


def counted_until() -> datetime | None:
    """Everything that was committed before is in the counts."""
    return ReportMoment.objects.values_list("at", flat=True).first()


def _asked(program: Program, figures: Sequence[str], period: Period, partner_id: str | None) -> dict[str, Any]:
    return {
        "program": program.pk,
        "figures": [str(figure) for figure in figures],
        "partner": partner_id,
    } | period.bounds
