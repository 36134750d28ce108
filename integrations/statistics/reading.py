"""What pages show of the counts. Exact at every moment, and no row of a log is counted for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection as database

from integrations.statistics.models import CallCount, CallDelta, OutcomeCount, OutcomeDelta
from selfservice.programs.models import Program


class Call(StrEnum):
    """By what calls are told apart. A day is one of the program's time zone; `bucket` is the duration, see models."""

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
    tables = (CallCount._meta.db_table, CallDelta._meta.db_table)
    return _read(tables, "calls, units", program, period, by, only or {})


def outcomes(
    *, program: Program, period: Period, by: Sequence[Outcome] = (), only: Mapping[Outcome, Any] | None = None
) -> list[Figure]:
    """The period's ended events, grouped and ordered; an event that was sent again has ended twice."""
    tables = (OutcomeCount._meta.db_table, OutcomeDelta._meta.db_table)
    return _read(tables, "events AS calls, events AS units", program, period, by, only or {})


# The names that are filled in are members of an enumeration of ours.
_DAY = "date_trunc('day', hour, %(zone)s) AS day"
_SELECT = """
SELECT {columns}{sums} FROM {table} WHERE program_id = %(program)s AND hour >= %(since)s AND hour < %(until)s"""
_SUM = "SELECT {groups}sum(calls)::bigint, sum(units)::bigint FROM ({source}) AS found WHERE {where} {grouping}"


def _read(
    tables: tuple[str, str],
    sums: str,
    program: Program,
    period: Period,
    by: Sequence[StrEnum],
    only: Mapping[Any, Any],
) -> list[Figure]:
    dimensions = list(dict.fromkeys([*by, *only]))
    source = " UNION ALL ".join(_SELECT.format(columns=_columns(dimensions), sums=sums, table=name) for name in tables)
    groups = ", ".join(by)
    statement = _SUM.format(
        groups=f"{groups}, " if by else "",
        source=source,
        where=" AND ".join(["true", *(f"{name} = %({name})s" for name in only)]),
        grouping=f"GROUP BY {groups} ORDER BY {groups}" if by else "HAVING count(*) > 0",
    )
    values: dict[str, Any] = {"program": program.pk, "since": period.since, "until": period.until}
    values |= {"zone": program.timezone} | {str(name): value for name, value in only.items()}
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return [Figure(tuple(row[:-2]), row[-2], row[-1]) for row in cursor.fetchall()]


def _columns(dimensions: Sequence[StrEnum]) -> str:
    return "".join(f"{_DAY if name == Call.DAY else name}, " for name in dimensions)
