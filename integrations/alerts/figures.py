"""The numbers of all connections at a moment, in as many statements however much is stored: counters, and of each lane
the unit that waits first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection as database

from integrations.alerts.models import AlertSettings
from integrations.alerts.usual import WEEKS, first_hours, same_hour, usual_at
from integrations.calls.models import Direction, is_failure
from integrations.connections.models import Connection
from selfservice.programs.models import Program

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# The hour that is judged, and what has come since.
_JUDGED = 0
# Who was sent again stands behind others in its lane, and counts as soon as it is the first there.
_LANES = """
SELECT lane.connection_id, sum(accepted - delivered - dead - filtered)::bigint, sum(dead)::bigint,
       min(first.since), min(first.day)
FROM lane LEFT JOIN LATERAL (
  SELECT since, day FROM delivery
  WHERE delivery.lane_id = lane.id AND delivery.sequence >= lane.low_water AND delivery.account_id = ''
    AND lane.accepted > lane.delivered + lane.dead + lane.filtered
  ORDER BY delivery.sequence LIMIT 1) AS first ON true
WHERE lane.connection_id IS NOT NULL GROUP BY 1
"""
_ASKED = """
WITH asked AS (SELECT * FROM unnest(%(programs)s::bigint[], %(since)s::timestamptz[]) AS asked(program_id, since))
"""
_CALLS = """
SELECT program_id, kind, direction, status, sum(calls)::bigint FROM (
  SELECT program_id, kind, direction, status, calls FROM asked JOIN call_hour_count USING (program_id)
  WHERE hour >= since
  UNION ALL
  SELECT program_id, kind, direction, status, calls FROM asked JOIN call_delta USING (program_id)
  WHERE hour >= since) AS found
GROUP BY 1, 2, 3, 4
"""
_ENDED = """
SELECT connection_id,
       COALESCE(sum(events) FILTER (WHERE state = 'dead' AND hour >= since), 0)::bigint,
       COALESCE(sum(events) FILTER (WHERE state IN ('dead', 'delivered') AND hour >= since), 0)::bigint,
       COALESCE(sum(events) FILTER (WHERE state = 'dead' AND hour >= %(day)s), 0)::bigint
FROM (
  SELECT connection_id, state, hour, since, events FROM asked JOIN outcome_count USING (program_id)
  WHERE hour >= least(since, %(day)s)
  UNION ALL
  SELECT connection_id, state, hour, since, events FROM asked JOIN outcome_delta USING (program_id)
  WHERE hour >= least(since, %(day)s)) AS found
WHERE connection_id > 0 GROUP BY 1
"""
_HOURS = """
WITH asked AS (SELECT * FROM unnest(%(programs)s::bigint[], %(hours)s::timestamptz[], %(slots)s::int[])
               AS asked(program_id, hour, slot))
SELECT connection_id, slot, sum(events)::bigint FROM (
  SELECT connection_id, slot, events FROM asked JOIN outcome_count USING (program_id, hour)
  UNION ALL
  SELECT connection_id, slot, events FROM asked JOIN outcome_delta USING (program_id, hour)) AS found
WHERE connection_id > 0 GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Share:
    failed: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one connection. `requests` to the other system, its calls here (`received`) and `events` are counted from
    `since` on; `dead_lately` is of 24 hours, without what was sent again. `came` are the events of the hour that begins
    with `hour` and of the running one, `usual` those of the same hour in the weeks there were. `oldest_day` is when the
    first of those that wait was accepted."""

    status: str
    since: datetime
    hour: datetime
    requests: Share = field(default_factory=Share)
    received: Share = field(default_factory=Share)
    events: Share = field(default_factory=Share)
    waiting: int = 0
    waiting_since: datetime | None = None
    oldest_day: date | None = None
    stopped_at: datetime | None = None
    stop_reason: str = ""
    resumed_at: datetime | None = None
    dead_lately: int = 0
    came: int = 0
    usual: float = 0


def figures_of(
    *, connections: Sequence[Connection], settings: Mapping[int, AlertSettings], now: datetime
) -> dict[int, Figures]:
    """By the connection's id; `settings` by the program's. The connections have their programs with them."""
    programs = list({each.program_id: each.program for each in connections}.values())
    running = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    since = {program.pk: running - settings[program.pk].errors_hours * _HOUR for program in programs}
    asked = {"programs": list(since), "since": list(since.values()), "day": now - _DAY}
    lanes = {row[0]: row[1:] for row in _rows(_LANES, {})}
    ended = {row[0]: row[1:] for row in _rows(_ASKED + _ENDED, asked)}
    calls = _shares(_rows(_ASKED + _CALLS, {name: asked[name] for name in ("programs", "since")}))
    came = _came(programs, running)
    # Whoever has had nothing in any of the weeks is not asked for: nothing is usual there.
    first = first_hours([each for each in connections if came.get(each.pk, {}).keys() - {_JUDGED}])
    return {
        each.pk: _figures(
            each,
            since=since[each.program_id],
            hour=running - _HOUR,
            lanes=lanes.get(each.pk, (0, 0, None, None)),
            ended=ended.get(each.pk, (0, 0, 0)),
            calls=calls,
            came=came.get(each.pk, {}),
            first=first.get(each.pk),
        )
        for each in connections
    }


def _figures(
    connection: Connection,
    *,
    since: datetime,
    hour: datetime,
    lanes: tuple[Any, ...],
    ended: tuple[int, int, int],
    calls: Mapping[tuple[int, str, str], Share],
    came: Mapping[int, int],
    first: datetime | None,
) -> Figures:
    waiting, dead, waiting_since, oldest_day = lanes
    failed, total, dead_lately = ended
    program_id, kind = connection.program_id, connection.kind
    return Figures(
        status=connection.status,
        since=since,
        hour=hour,
        requests=calls.get((program_id, kind, Direction.OUT), Share()),
        received=calls.get((program_id, kind, Direction.IN), Share()),
        events=Share(failed, total),
        waiting=waiting,
        waiting_since=waiting_since,
        oldest_day=oldest_day,
        stopped_at=connection.stopped_at,
        stop_reason=connection.stop_reason,
        resumed_at=connection.resumed_at,
        # Endings are counted, and some have been sent again since.
        dead_lately=min(dead_lately, dead),
        came=came.get(_JUDGED, 0),
        usual=usual_at(hour, zone=connection.program.timezone, first=first, came=lambda week, _hour: came.get(week, 0)),
    )


def _shares(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[int, str, str], Share]:
    found: dict[tuple[int, str, str], Share] = {}
    for program_id, kind, direction, status, calls in rows:
        known = found.get((program_id, kind, direction), Share())
        failed = known.failed + (calls if is_failure(status) else 0)
        found[program_id, kind, direction] = Share(failed, known.total + calls)
    return found


def _came(programs: Sequence[Program], running: datetime) -> dict[int, dict[int, int]]:
    """Events by connection and slot: 0 for the last full hour and the running one, else how many weeks ago."""
    asked = [(program.pk, *slot) for program in programs for slot in _slots(program.timezone, running)]
    values = dict(zip(("programs", "hours", "slots"), map(list, zip(*asked, strict=True)), strict=True))
    found: dict[int, dict[int, int]] = {}
    for connection_id, slot, events in _rows(_HOURS, values) if asked else []:
        found.setdefault(connection_id, {})[slot] = events
    return found


def _slots(zone: str, running: datetime) -> list[tuple[datetime, int]]:
    lately = [(running, _JUDGED), (running - _HOUR, _JUDGED)]
    return lately + [(same_hour(running - _HOUR, weeks=week, zone=zone), week) for week in range(1, WEEKS + 1)]


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
