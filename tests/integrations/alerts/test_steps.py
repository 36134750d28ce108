"""When a mail is due, and when it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.alerts.measuring import Verdict
from integrations.alerts.steps import Course, Patience, Step, next_step

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = Patience(reminder=24 * HOUR, quiet=10 * MINUTE)
BAD, GOOD, UNKNOWN = Verdict


def course(*, hours=1, quiet=None, is_reminded=False):
    return Course(NOW - hours * HOUR, None if quiet is None else NOW - quiet * MINUTE, is_reminded)


@pytest.mark.parametrize(
    ("known", "verdict", "step", "quiet_since"),
    [
        (None, BAD, Step.OPEN, None),
        (None, GOOD, Step.STAY, None),
        (None, UNKNOWN, Step.STAY, None),
        (course(), BAD, Step.STAY, None),
        (course(), GOOD, Step.STAY, NOW),
        (course(), UNKNOWN, Step.STAY, None),
        (course(quiet=9), GOOD, Step.STAY, NOW - 9 * MINUTE),
        (course(quiet=10), GOOD, Step.CLEAR, NOW - 10 * MINUTE),
        (course(quiet=10), BAD, Step.STAY, None),
        (course(quiet=10), UNKNOWN, Step.STAY, NOW - 10 * MINUTE),
        (course(hours=24), BAD, Step.REMIND, None),
        (course(hours=24), UNKNOWN, Step.REMIND, None),
        (course(hours=24, is_reminded=True), BAD, Step.STAY, None),
        # Nobody is reminded of what may be over.
        (course(hours=24, quiet=5), GOOD, Step.STAY, NOW - 5 * MINUTE),
        (course(hours=23), BAD, Step.STAY, None),
    ],
)
def test_next_step(known, verdict, step, quiet_since):
    assert next_step(known, verdict, patience=PATIENCE, now=NOW) == (step, quiet_since)


def test_reminder_can_be_switched_off():
    patience = Patience(reminder=timedelta(), quiet=MINUTE)

    assert next_step(course(hours=1000), BAD, patience=patience, now=NOW) == (Step.STAY, None)
