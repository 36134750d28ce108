"""Sums deltas up into the counts, in small transactions; safe to run twice at once."""

from datetime import UTC, datetime, time

from django.db import connection as database
from django.db.models import Q

from integrations.statistics.models import (
    CallCount,
    CallDayCount,
    CallDelta,
    CallHourCount,
    OutcomeCount,
    OutcomeDelta,
    UndeliveredCount,
    UndeliveredDelta,
)
from selfservice.partitions.days import first_day_kept

CHUNK = 20_000
_CALL_KEY = "program_id, hour, kind, direction, endpoint, key_prefix, status, bucket"
# Of the deltas that are being summed up.
_BY_DAY = """(
  SELECT program_id, date_trunc('day', hour, 'UTC') AS hour, kind, direction, endpoint, key_prefix, status, bucket,
    calls, units FROM gone) AS of_days"""
_CALL_OF_HOUR_KEY = "program_id, hour, kind, direction, status"
_OUTCOME_KEY = "program_id, hour, connection_id, type, state, is_maybe_twice, reason"
_UNDELIVERED_KEY = "connection_id, state, day, cause, type, is_maybe_twice"


def fold() -> int:
    """How many deltas have been summed up."""
    sums = ("calls", "units")
    by_day = _summing(CallDayCount._meta.db_table, _CALL_KEY, sums, source=_BY_DAY)
    by_hour = _summing(CallHourCount._meta.db_table, _CALL_OF_HOUR_KEY, sums)
    calls = _statement(CallDelta._meta.db_table, CallCount._meta.db_table, _CALL_KEY, sums, by_day, by_hour)
    outcomes = _statement(OutcomeDelta._meta.db_table, OutcomeCount._meta.db_table, _OUTCOME_KEY, ("events",))
    undelivered = _statement(
        UndeliveredDelta._meta.db_table, UndeliveredCount._meta.db_table, _UNDELIVERED_KEY, ("events",)
    )
    return sum(map(_run, (calls, outcomes, undelivered)))


def remove_expired() -> int:
    """Removes the counts of hours whose calls are past retention; says how many."""
    oldest = datetime.combine(first_day_kept(), time.min, UTC)
    for model in (CallDayCount, CallHourCount):
        model.objects.filter(hour__lt=oldest).delete()
    gone = sum(model.objects.filter(hour__lt=oldest).delete()[0] for model in (CallCount, OutcomeCount))
    # What was sent again to the last event counts nothing any more.
    past = UndeliveredCount.objects.filter(Q(day__lt=oldest.date()) | Q(events=0))
    return gone + past.delete()[0]


def _statement(delta: str, count: str, key: str, sums: tuple[str, ...], *more: str) -> str:
    """All sums of a chunk of deltas are made by one statement, so that no two of them ever differ."""
    folded = ",\n    ".join(
        f"folded_{number} AS ({text})" for number, text in enumerate((_summing(count, key, sums), *more))
    )
    return f"""
    WITH due AS (SELECT id FROM {delta} ORDER BY id LIMIT {CHUNK} FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM {delta} USING due WHERE {delta}.id = due.id RETURNING {delta}.*),
    {folded}
    SELECT count(*) FROM gone
    """  # noqa: S608 - the names are constants


def _summing(count: str, key: str, sums: tuple[str, ...], *, source: str = "gone") -> str:
    # In one order by everybody: two that run at once must not wait for each other in a circle.
    return f"""
      INSERT INTO {count} AS known ({key}, {", ".join(sums)})
      SELECT {key}, {", ".join(f"sum({name})" for name in sums)} FROM {source} GROUP BY {key} ORDER BY {key}
      ON CONFLICT ({key}) DO UPDATE SET {", ".join(f"{name} = known.{name} + excluded.{name}" for name in sums)}
    """  # noqa: S608 - the names are constants


def _run(statement: str) -> int:
    total = 0
    while True:
        with database.cursor() as cursor:
            cursor.execute(statement)
            done = int(cursor.fetchone()[0])
        total += done
        if done < CHUNK:
            return total
