"""What becomes of an incident with the next look. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from integrations.alerts.measuring import Verdict


class Step(StrEnum):
    STAY = "stay"
    OPEN = "open"
    REMIND = "remind"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Course:
    """Of an incident that is open: since when it is, since when nothing has been bad, and whether a reminder went
    out."""

    opened_at: datetime
    quiet_since: datetime | None
    is_reminded: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """After how long an open one is reminded of, never if that is nothing; and how long it must be quiet to be over."""

    reminder: timedelta
    quiet: timedelta


def next_step(
    course: Course | None, verdict: Verdict, *, patience: Patience, now: datetime
) -> tuple[Step, datetime | None]:
    """The step, and since when it has been quiet."""
    if course is None:
        return (Step.OPEN if verdict is Verdict.BAD else Step.STAY), None
    quiet_since = course.quiet_since
    if verdict is Verdict.BAD:
        quiet_since = None
    elif verdict is Verdict.GOOD:
        quiet_since = quiet_since or now
        if now - quiet_since >= patience.quiet:
            return Step.CLEAR, quiet_since
    is_late = bool(patience.reminder) and now - course.opened_at >= patience.reminder
    if quiet_since is None and is_late and not course.is_reminded:
        return Step.REMIND, None
    return Step.STAY, quiet_since
