"""Reads the call log: a page of it, what is new in it, all of it in portions. Costs the same whatever it holds.

What is counted by the hour tells in which hours there is anything, and only these are read. What nobody counts (a
member, a coupon, an error inside a good answer) has an index of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.utils import timezone

from integrations.activity.cursors import Cursor, Slice, sliced
from integrations.activity.filters import Asked, hour_of
from integrations.calls.models import ApiCall
from integrations.statistics import reading
from integrations.statistics.reading import Call, Period
from selfservice.programs.models import Program

PAGE = 50
_PORTION = 500
# Of so long a period, whose hours are soon read, the page says how many calls there are.
_COUNTED_AT_ONCE = timedelta(days=8)
_NEAR = timedelta(days=2)
_COUNTED_WRITTEN = 10_000
_COUNT = "SELECT count(*), coalesce(max(id), 0) FROM ({statement}) AS found"
_COLUMNS = (
    "id, day, at, program_id, kind, direction, method, path, endpoint, status, duration_ms, request_id, key_prefix,"
    " account_id, units, error"
)
# As in the model's conditions, or the indexes are not used.
_PROBLEM = "(status = 0 OR status >= 300 OR status = 207 OR NOT (error = ''))"
# As `is_failure` has it.
_FAILED = "(status = 0 OR status >= 400 OR error = 'internal_error')"
_WRITTEN = " AND id > %(behind)s AND NOT (id = ANY(%(shown)s))"
_BEHIND = "AND (at, id) < (%(at)s, %(pk)s)"
_OF_ACCOUNT = """
SELECT {columns} FROM calls_apicall
WHERE program_id = %(program)s AND account_id = %(member)s AND NOT (account_id = '') {behind}
ORDER BY at DESC, id DESC LIMIT %(limit)s
"""
_DIRECTLY = """
SELECT {columns} FROM calls_apicall
WHERE program_id = %(program)s AND kind = %(kind)s AND at >= %(since)s AND at < %(until)s
  AND day >= (%(since)s AT TIME ZONE 'UTC')::date AND day <= ((%(until)s AT TIME ZONE 'UTC')::date + 1) {conditions}
ORDER BY at {order}, id {order} LIMIT %(limit)s
"""
_BY_HOURS = """
SELECT call.* FROM unnest(%(hours)s::timestamptz[]) AS found(hour) CROSS JOIN LATERAL (
  SELECT {columns} FROM calls_apicall
  WHERE program_id = %(program)s AND kind = %(kind)s AND at >= hour AND at < hour + interval '1 hour'
    AND at >= %(since)s AND at < %(until)s
    AND day >= (hour AT TIME ZONE 'UTC')::date AND day <= ((hour AT TIME ZONE 'UTC')::date + 1)
    AND day >= %(first_day)s AND day <= %(last_day)s {conditions}
  ORDER BY at {order}, id {order} LIMIT %(limit)s) AS call
ORDER BY at {order}, id {order} LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class CallPage:
    """`total` is how many calls the filters ask for, None where nobody counts them."""

    page: Slice[ApiCall]
    total: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """Calls that began since a moment and got an id behind another one, without those that are shown already."""

    since: datetime
    behind: int
    shown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WrittenCount:
    """`last` is the greatest id."""

    count: int
    last: int
    is_more: bool


def read_page(*, program: Program, asked: Asked, cursor: Cursor | None) -> CallPage:
    since, until = asked.period(now=timezone.now())
    counted = None
    if _is_counted(asked) and until - since <= _COUNTED_AT_ONCE:
        counted = _counted(program, asked, since, until)
    found = _read(program, asked, cursor, limit=PAGE + 1, counted=counted)
    page = sliced(found, [place_of(call) for call in found], size=PAGE, cursor=cursor)
    return CallPage(page, sum(counted.values()) if counted is not None and asked.is_of_whole_hours else None)


def newly_written(*, program: Program, asked: Asked, written: Written, limit: int) -> list[ApiCall]:
    """The newest first; of more than `limit` the newest."""
    statement, values = _of_written(program, asked, written, columns=_COLUMNS, limit=limit)
    return list(ApiCall.objects.raw(statement, values))


def count_written(*, program: Program, asked: Asked, written: Written) -> WrittenCount:
    statement, values = _of_written(program, asked, written, columns="id", limit=_COUNTED_WRITTEN + 1)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(statement=statement), values)
        count, last = cursor.fetchone()
    return WrittenCount(min(count, _COUNTED_WRITTEN), max(last, written.behind), count > _COUNTED_WRITTEN)


def all_of(*, program: Program, asked: Asked) -> Iterator[ApiCall]:
    """In portions, newest first, so that nothing is held open for as long as somebody takes to read it."""
    cursor = None
    while found := _read(program, asked, cursor, limit=_PORTION):
        yield from found
        cursor = place_of(found[-1])


def newest(*, program: Program, asked: Asked) -> ApiCall | None:
    return next(iter(_read(program, asked, None, limit=1)), None)


def find_call(*, program: Program, day: date, pk: int) -> ApiCall | None:
    return ApiCall.objects.filter(program_id=program.pk, day=day, pk=pk).first()


def calls_of_request(*, program: Program, request_id: str) -> list[ApiCall]:
    return list(ApiCall.objects.filter(request_id=request_id, program_id=program.pk).order_by("-at")[:5])


def calls_of_account(*, program: Program, account_id: str, cursor: Cursor | None, limit: int) -> list[ApiCall]:
    """Of any system, newest first; `cursor` only ever leads to older ones."""
    # The pair alone is no bound that the index, or the cut by days, knows of.
    behind = f"AND at <= %(at)s AND day <= ((%(at)s AT TIME ZONE 'UTC')::date + 1) {_BEHIND}" if cursor else ""
    values = {"program": program.pk, "member": account_id, "limit": limit}
    values |= {"at": cursor.at, "pk": cursor.minor} if cursor else {}
    return list(ApiCall.objects.raw(_OF_ACCOUNT.format(columns=_COLUMNS, behind=behind), values))


def place_of(call: ApiCall) -> Cursor:
    return Cursor.of(call.at, call.pk)


def _of_written(
    program: Program, asked: Asked, written: Written, *, columns: str, limit: int
) -> tuple[str, dict[str, Any]]:
    values = _values(program, asked, None) | {"behind": written.behind, "shown": list(written.shown), "limit": limit}
    values["since"] = max(values["since"], written.since)
    conditions = _conditions(asked, None) + _WRITTEN
    return _DIRECTLY.format(columns=columns, conditions=conditions, order="DESC"), values


def _is_counted(asked: Asked) -> bool:
    return not (asked.outcome == "problem" or asked.member or asked.coupon)


def _counted(program: Program, asked: Asked, since: datetime, until: datetime) -> dict[datetime, int]:
    """How many there are in each hour that has any."""
    only: dict[Call, Any] = {Call.KIND: asked.kind}
    for name, value in ((Call.DIRECTION, asked.direction), (Call.ENDPOINT, asked.endpoint)):
        only |= {name: value} if value else {}
    only |= {Call.KEY: asked.key} if len(asked.key) == 8 or asked.is_without_key else {}
    by = [Call.HOUR, Call.STATUS, *([Call.KEY] if 0 < len(asked.key) < 8 else [])]
    hours: dict[datetime, int] = {}
    for figure in reading.calls(program=program, period=Period(hour_of(since), until), by=by, only=only):
        hour, status, *key = figure.by
        if asked.is_of_status(status) and (not key or key[0].startswith(asked.key)):
            hours[hour] = hours.get(hour, 0) + figure.count
    return hours


def _hours_to_read(program: Program, asked: Asked, cursor: Cursor | None, *, limit: int) -> list[datetime]:
    """Those nearest to the cursor; only where they hold too little all of them are asked for."""
    since, until = asked.period(now=timezone.now())
    near = (max(since, until - _NEAR), until)
    if cursor and cursor.is_towards_newer:
        near = (max(since, cursor.at), min(until, cursor.at + _NEAR))
    elif cursor:
        near = (max(since, cursor.at - _NEAR), min(until, cursor.at + timedelta(hours=1)))
    for begin, end in (near, (since, until)):
        counted = _counted(program, asked, begin, end)
        hours = hours_needed(counted, cursor, limit=limit)
        behind = sum(counted[hour] for hour in hours if cursor is None or hour != hour_of(cursor.at))
        if behind >= limit:
            break
    return hours


def _read(
    program: Program,
    asked: Asked,
    cursor: Cursor | None,
    *,
    limit: int,
    counted: dict[datetime, int] | None = None,
) -> list[ApiCall]:
    """From the cursor on, in its direction."""
    values = _values(program, asked, cursor) | {"limit": limit}
    statement = _DIRECTLY
    if _is_counted(asked):
        if counted is None:
            hours = _hours_to_read(program, asked, cursor, limit=limit)
        else:
            hours = hours_needed(counted, cursor, limit=limit)
        if not hours:
            return []
        statement = _BY_HOURS
        # Known before the statement is planned, unlike the hours in it, these keep other days' tables out of the plan.
        values |= {"hours": hours, "first_day": min(hours).date(), "last_day": max(hours).date() + timedelta(days=1)}
    order = "ASC" if cursor and cursor.is_towards_newer else "DESC"
    text = statement.format(columns=_COLUMNS, conditions=_conditions(asked, cursor), order=order)
    return list(ApiCall.objects.raw(text, values))


def hours_needed(counted: dict[datetime, int], cursor: Cursor | None, *, limit: int) -> list[datetime]:
    """From the cursor's hour on, of which nobody knows how much lies behind it, until there are enough."""
    is_up = cursor is not None and cursor.is_towards_newer
    start = hour_of(cursor.at) if cursor else None
    needed: list[datetime] = []
    sum_of_whole = 0
    for hour in sorted(counted, reverse=not is_up):
        if start and (hour < start if is_up else hour > start):
            continue
        needed.append(hour)
        sum_of_whole += 0 if hour == start else counted[hour]
        if sum_of_whole >= limit:
            break
    return needed


def _values(program: Program, asked: Asked, cursor: Cursor | None) -> dict[str, Any]:
    since, until = asked.period(now=timezone.now())
    if cursor and cursor.is_towards_newer:
        since = max(since, cursor.at)
    elif cursor:
        until = min(until, cursor.at + timedelta(microseconds=1))
    found = asked.statuses
    return {
        "program": program.pk,
        "kind": asked.kind,
        "since": since,
        "until": until,
        "direction": asked.direction,
        "endpoint": asked.endpoint,
        "least": found.start if found else None,
        "most": found.stop - 1 if found else None,
        "key": asked.key,
        "member": asked.member,
        "coupon": quote(asked.coupon, safe=""),
        "at": cursor.at if cursor else None,
        "pk": cursor.minor if cursor else None,
    }


def _conditions(asked: Asked, cursor: Cursor | None) -> str:
    wanted = {
        "AND direction = %(direction)s": asked.direction,
        "AND endpoint = %(endpoint)s": asked.endpoint,
        "AND status BETWEEN %(least)s AND %(most)s": asked.status,
        "AND starts_with(key_prefix, %(key)s)": asked.key,
        "AND key_prefix = ''": asked.is_without_key,
        "AND account_id = %(member)s AND NOT (account_id = '')": asked.member,
        "AND split_part(path, '/', 6) = %(coupon)s AND path LIKE '%%/campaigns/%%'": asked.coupon,
        f"AND {_PROBLEM}": asked.is_of_problems,
        f"AND {_FAILED}": asked.outcome == "failed",
        _BEHIND: cursor and not cursor.is_towards_newer,
        "AND (at, id) > (%(at)s, %(pk)s)": cursor and cursor.is_towards_newer,
    }
    return " ".join(text for text, is_wanted in wanted.items() if is_wanted)
