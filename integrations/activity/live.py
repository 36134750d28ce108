"""The live view: what has been written to the log since somebody last asked.

A call is written when it ends and stands where it began, so a slow one is written behind quicker ones that began later.
What is new is therefore known by the ids, which are given in the order of writing, among the calls that began within
the longest time that a call takes. What is just being written may have a smaller id than what is read already: ids
count as seen one question later, and until then those that were shown are named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone

from integrations.activity import call_log
from integrations.activity.cursors import BadCursor, Cursor
from integrations.activity.filters import Asked
from integrations.calls.models import ApiCall
from selfservice.programs.models import Program

MOST_ROWS = 50
# Nothing waits longer for an answer; with the time until it is written.
LONGEST_CALL = timedelta(seconds=30)
_SHOWN = re.compile(r"(?:[0-9]{1,18}(?:,[0-9]{1,18}){0,63})?")


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where somebody has seen the log: all ids up to the cursor's, and `shown`."""

    cursor: Cursor
    shown: tuple[int, ...] = ()

    @property
    def query(self) -> str:
        return urlencode({"after": self.cursor, "shown": ",".join(map(str, self.shown))}, safe=",")


@dataclass(frozen=True, slots=True)
class News:
    """The newest first. `skipped` are those that are too many to be shown, or more where `is_more`."""

    calls: Sequence[ApiCall]
    skipped: int
    is_more: bool
    mark: Mark


def mark_of_page(calls: Sequence[ApiCall]) -> Mark:
    """Of the page on which the live view begins."""
    ids = [call.pk for call in calls]
    return Mark(_now(min(ids, default=0)), tuple(ids))


def mark_of(*, cursor: Cursor | None, shown: str) -> Mark:
    """As an address tells it. Raises BadCursor."""
    if not _SHOWN.fullmatch(shown):
        raise BadCursor
    return Mark(cursor or _now(0), tuple(int(pk) for pk in shown.split(",") if pk))


def news(*, program: Program, asked: Asked, mark: Mark) -> News:
    """Of too many the newest: the view shows what happens now, and the log holds the others."""
    written = call_log.Written(since=mark.cursor.at - LONGEST_CALL, behind=mark.cursor.minor, shown=mark.shown)
    # Before the question, so that nothing falls between two of them.
    seen = _now(max(mark.cursor.minor, *mark.shown, 0))
    calls = call_log.newly_written(program=program, asked=asked, written=written, limit=MOST_ROWS)
    if len(calls) < MOST_ROWS:
        return News(calls, 0, False, Mark(seen, tuple(call.pk for call in calls if call.pk > seen.minor)))
    found = call_log.count_written(program=program, asked=asked, written=written)
    return News(calls, max(found.count - len(calls), 0), found.is_more, Mark(Cursor(seen.major, found.last)))


def _now(pk: int) -> Cursor:
    return Cursor.of(timezone.now(), pk)
