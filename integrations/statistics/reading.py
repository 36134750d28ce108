"""What pages show of the counts. Exact at every moment, and no row of a log is counted for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection as database

from integrations.statistics.models import (
    CallCount,
    CallDayCount,
    CallDelta,
    CallHourCount,
    OutcomeCount,
    OutcomeDelta,
)
from selfservice.programs.models import Program


class Call(StrEnum):
    """By what calls are told apart. A day is a date of the program's zone; `bucket` is the duration, see models."""

    HOUR = "hour"
    DAY = "day"
    KIND = "kind"
    DIRECTION = "direction"
    ENDPOINT = "endpoint"
    KEY = "key_prefix"
    STATUS = "status"
    BUCKET = "bucket"


class Outcome(StrEnum):
    """By what ended events are told apart."""

    HOUR = "hour"
    DAY = "day"
    CONNECTION = "connection_id"
    TYPE = "type"
    STATE = "state"
    TWICE = "is_maybe_twice"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Period:
    """From `since`, inclusive, to `until`, exclusive; whole hours."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """`by` has the values of the dimensions that were asked for; `units` the objects in so many calls."""

    by: tuple[Any, ...]
    count: int
    units: int


def calls(
    *, program: Program, period: Period, by: Sequence[Call] = (), only: Mapping[Call, Any] | None = None
) -> list[Figure]:
    """The period's calls, grouped and ordered; `only` those with the values given. Nothing there, nothing given."""
    sources = _call_sources(period, {*by, *(only or {})})
    return _read(sources, "calls, units", program, by, only or {})


def outcomes(
    *, program: Program, period: Period, by: Sequence[Outcome] = (), only: Mapping[Outcome, Any] | None = None
) -> list[Figure]:
    """The period's ended events, grouped and ordered; an event that was sent again has ended twice."""
    sources = [_Source(model._meta.db_table, period) for model in (OutcomeCount, OutcomeDelta)]
    return _read(sources, "events AS calls, events AS units", program, by, only or {})


@dataclass(frozen=True, slots=True)
class _Source:
    """A table, and what of it is wanted."""

    table: str
    period: Period


_OF_HOURS = {Call.HOUR, Call.DAY, Call.KIND, Call.DIRECTION, Call.STATUS}


def _call_sources(period: Period, dimensions: set[Call]) -> list[_Source]:
    """The smallest tables that know what is asked for; the deltas are in none of them yet."""
    deltas = _Source(CallDelta._meta.db_table, period)
    if dimensions <= _OF_HOURS:
        return [_Source(CallHourCount._meta.db_table, period), deltas]
    first, last = _midnight(period.since + _DAY_LESS), _midnight(period.until)
    if dimensions & {Call.HOUR, Call.DAY} or first >= last:
        return [_Source(CallCount._meta.db_table, period), deltas]
    edges = (Period(period.since, first), Period(last, period.until))
    return [
        _Source(CallDayCount._meta.db_table, Period(first, last)),
        *(_Source(CallCount._meta.db_table, edge) for edge in edges if edge.since < edge.until),
        deltas,
    ]


def _midnight(moment: datetime) -> datetime:
    """The last one before it, UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


# The names that are filled in are members of an enumeration of ours.
_DAY_LESS = timedelta(days=1) - timedelta(microseconds=1)
# The date, and not its beginning: midnight may come twice, or not at all.
_DAY = "(hour AT TIME ZONE %(zone)s)::date AS day"
_SELECT = """
SELECT {columns}{sums} FROM {table}
 WHERE program_id = %(program)s AND hour >= %(since_{number})s AND hour < %(until_{number})s"""
_SUM = "SELECT {groups}sum(calls)::bigint, sum(units)::bigint FROM ({source}) AS found WHERE {where} {grouping}"


def _read(
    sources: Sequence[_Source], sums: str, program: Program, by: Sequence[StrEnum], only: Mapping[Any, Any]
) -> list[Figure]:
    columns = _columns(list(dict.fromkeys([*by, *only])))
    source = " UNION ALL ".join(
        _SELECT.format(columns=columns, sums=sums, table=each.table, number=number)
        for number, each in enumerate(sources)
    )
    groups = ", ".join(by)
    statement = _SUM.format(
        groups=f"{groups}, " if by else "",
        source=source,
        where=" AND ".join(["true", *(f"{name} = %({name})s" for name in only)]),
        grouping=f"GROUP BY {groups} ORDER BY {groups}" if by else "HAVING count(*) > 0",
    )
    values: dict[str, Any] = {"program": program.pk, "zone": program.timezone}
    for number, each in enumerate(sources):
        values |= {f"since_{number}": each.period.since, f"until_{number}": each.period.until}
    values |= {str(name): value for name, value in only.items()}
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return [Figure(tuple(row[:-2]), row[-2], row[-1]) for row in cursor.fetchall()]


def _columns(dimensions: Sequence[StrEnum]) -> str:
    return "".join(f"{_DAY if name == Call.DAY else name}, " for name in dimensions)
