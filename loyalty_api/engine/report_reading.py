"""Reads what was counted for reports: of a period by day and by partner, and how things stood before it. No row of a
ledger is read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from loyalty_api.engine.report_models import ReportMoment
from selfservice.database import rows
from selfservice.programs.models import Program

_NOTHING = Decimal(0)
# One statement, so that all of it is of one moment.
_READ = """
WITH days AS MATERIALIZED (
  SELECT figure, day, partner_id, detail, number, amount FROM report_day_count
   WHERE program_id = %(program)s AND figure = ANY(%(figures)s) AND day >= %(since)s
     AND (%(partner)s::text IS NULL OR partner_id = %(partner)s))
SELECT 'before', NULL::date, partner_id, figure, detail, sum(number), sum(amount) FROM (
  SELECT partner_id, figure, detail, number, amount FROM report_count
   WHERE program_id = %(program)s AND figure = ANY(%(figures)s)
     AND (%(partner)s::text IS NULL OR partner_id = %(partner)s)
  UNION ALL SELECT partner_id, figure, detail, -number, -amount FROM days) AS parts
 GROUP BY partner_id, figure, detail
UNION ALL
SELECT 'day', day, '', figure, detail, sum(number), sum(amount) FROM days
 WHERE day <= %(until)s GROUP BY day, figure, detail
UNION ALL
SELECT 'partner', NULL, partner_id, figure, detail, sum(number), sum(amount) FROM days
 WHERE day <= %(until)s GROUP BY partner_id, figure, detail
"""
_LINES = """
SELECT day, partner_id, figure, detail, number, amount FROM report_day_count
 WHERE program_id = %(program)s AND figure = ANY(%(figures)s) AND day BETWEEN %(since)s AND %(until)s
   AND (%(partner)s::text IS NULL OR partner_id = %(partner)s)
 ORDER BY day, partner_id
"""


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


@dataclass(frozen=True)
class Counts:
    """`before` is the sum of everything before the period; days and partners without anything are left out. `coupons`
    are those that were used, where that is what was asked for."""

    before: Mapping[str, Tallies]
    days: Mapping[date, Tallies]
    partners: Mapping[str, Tallies]
    coupons: Mapping[str, Tallies] = field(default_factory=dict)

    @cached_property
    def at_first(self) -> Tallies:
        """Everything before the period, whatever the partner."""
        return summed(self.before.values())

    @cached_property
    def whole(self) -> Tallies:
        """Of the period."""
        return summed(self.days.values())


def summed(parts: Iterable[Tallies]) -> Tallies:
    found = Tallies()
    for tallies in parts:
        found.include(tallies)
    return found


def counts_of(*, program: Program, figures: Sequence[str], period: Period, partner_id: str | None = None) -> Counts:
    """`partner_id` narrows it down to one partner, an empty one to what happened at none."""
    before, partners = defaultdict[str, Tallies](Tallies), defaultdict[str, Tallies](Tallies)
    days = defaultdict[date, Tallies](Tallies)
    for part, day, partner, *counted in rows.read(_READ, _asked(program, figures, period, partner_id)):
        tallies = days[day] if part == "day" else partners[partner] if part == "partner" else before[partner]
        tallies.add(*counted)
    return Counts(dict(before), dict(sorted(days.items())), dict(partners))


def lines_of(
    *, program: Program, figures: Sequence[str], period: Period, partner_id: str | None = None
) -> Iterator[tuple[date, str, Tallies]]:
    """By day and partner, oldest first; without what nothing happened at."""
    found = rows.read(_LINES, _asked(program, figures, period, partner_id))
    for (day, partner), lines in groupby(found, key=lambda line: (line[0], line[1])):
        tallies = Tallies()
        for _day, _partner, *counted in lines:
            tallies.add(*counted)
        yield day, partner, tallies


def counted_until() -> datetime | None:
    """Everything that was committed before is in the counts."""
    return ReportMoment.objects.values_list("at", flat=True).first()


def _asked(program: Program, figures: Sequence[str], period: Period, partner_id: str | None) -> dict[str, Any]:
    return {
        "program": program.pk,
        "figures": [str(figure) for figure in figures],
        "since": period.since,
        "until": period.until,
        "partner": partner_id,
    }
