"""What became of the events that a replay put back: exact, and in a bounded number of rows whenever somebody looks.

While it runs, and of the last ones, they are counted when they are asked for. Once it is over nothing joins them any
more, and those that have ended are counted for good, from the front on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection as database
from django.db.models import F

from integrations.delivery.models import State
from integrations.delivery.replay_models import OPEN_STATES, ReplayJob

COUNTED_AT_ONCE = 2_000
PORTION = 500
_BEGINNING = date(1, 1, 1)
# How each unit ended first since it was put back; nothing while it waits. What is sent again later is another replay's.
# The day keeps the tables of earlier days out of it; two clocks may disagree about midnight.
_ENDS = """
SELECT o.day, o.id, (
  SELECT n.state FROM delivery_outcome n
  WHERE n.program_id = o.program_id AND n.account_id = o.account_id AND n.at >= o.replayed_at
    AND n.day >= (o.replayed_at AT TIME ZONE 'UTC')::date - 1
    AND n.connection_id = o.connection_id AND n.stored_event_id = o.stored_event_id
  ORDER BY n.at LIMIT 1)
FROM delivery_outcome o
WHERE o.replay_job_id = %(job)s AND (o.day, o.id) > (%(day)s::date, %(id)s)
ORDER BY o.day, o.id LIMIT %(limit)s
"""


class _End(NamedTuple):
    day: date
    id: int
    state: str | None


@dataclass(frozen=True, slots=True)
class Results:
    """Of the units that were put back. With `is_counting` there are more, which nobody has looked at yet."""

    delivered: int
    dead: int
    filtered: int
    waiting: int
    is_counting: bool


def results_of(*, job: ReplayJob) -> Results:
    ends = _read(job, COUNTED_AT_ONCE)
    states = Counter(end.state for end in ends)
    looked_at = job.counted + len(ends)
    return Results(
        delivered=job.delivered + states[State.DELIVERED.value],
        dead=job.dead + states[State.DEAD.value],
        filtered=job.filtered + states[State.FILTERED.value],
        waiting=states[None],
        is_counting=len(ends) == COUNTED_AT_ONCE and looked_at < job.put_back,
    )


def count_on_all() -> None:
    """Counts on in the replays that are over, each as far as its events have ended."""
    over = ReplayJob.objects.exclude(state__in=OPEN_STATES)
    for job in list(over.filter(counted__lt=F("done") - F("gone") - F("skipped"))):
        while _count_on(job):
            job.refresh_from_db()


def _count_on(job: ReplayJob) -> bool:
    """Whether a whole portion had ended, so that there may be more."""
    ends = _ended(_read(job, PORTION))
    if not ends:
        return False
    states = Counter(end.state for end in ends)
    # Two that count at once count once.
    same = ReplayJob.objects.filter(pk=job.pk, counted=job.counted)
    same.update(
        counted=job.counted + len(ends),
        counted_day=ends[-1].day,
        counted_id=ends[-1].id,
        delivered=job.delivered + states[State.DELIVERED.value],
        dead=job.dead + states[State.DEAD.value],
        filtered=job.filtered + states[State.FILTERED.value],
    )
    return len(ends) == PORTION


def _ended(ends: Sequence[_End]) -> Sequence[_End]:
    """Up to the first that waits."""
    waiting = next((place for place, end in enumerate(ends) if end.state is None), len(ends))
    return ends[:waiting]


def _read(job: ReplayJob, limit: int) -> list[_End]:
    """Behind those that are counted for good."""
    values: dict[str, Any] = {"job": job.pk, "day": job.counted_day or _BEGINNING, "id": job.counted_id, "limit": limit}
    with database.cursor() as cursor:
        cursor.execute(_ENDS, values)
        return [_End(*row) for row in cursor.fetchall()]
