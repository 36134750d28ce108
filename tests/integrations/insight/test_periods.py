"""Periods, cut into the steps of a chart."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from integrations.insight.durations import bound_ms
from integrations.insight.periods import CHOICES, stretch_of

NOW = datetime(2026, 11, 21, 14, 40, tzinfo=UTC)


@pytest.mark.parametrize(("name", "count"), [("24h", 24), ("7d", 168)])
def test_hours_end_with_the_one_that_has_begun(name, count):
    found = stretch_of(CHOICES[name], zone="Europe/Zurich", now=NOW)

    assert len(found.moments) == count
    assert found.moments[-1] == NOW.replace(minute=0)
    assert found.period.until - found.period.since == timedelta(hours=count)


def test_days_are_those_of_the_program():
    found = stretch_of(CHOICES["30d"], zone="Pacific/Auckland", now=NOW)

    # The 22nd has begun there.
    assert found.moments[-1] == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert len(found.moments) == 30
    assert found.period.since == found.moments[0]
    assert found.period.until == datetime(2026, 11, 21, 15, tzinfo=UTC)


def test_day_may_have_another_number_of_hours():
    found = stretch_of(CHOICES["90d"], zone="Europe/Zurich", now=NOW)

    hours = {(after - before) / timedelta(hours=1) for before, after in pairwise(found.moments)}
    assert hours == {24, 25}


@pytest.mark.parametrize(
    ("buckets", "share", "bound"),
    [
        ({}, 0.5, None),
        ({0: 1}, 0.95, 1),
        ({3: 10}, 0.5, 8),
        ({3: 50, 10: 50}, 0.5, 8),
        ({3: 49, 10: 51}, 0.5, 1024),
        ({3: 95, 10: 5}, 0.95, 8),
        ({10: 6, 3: 94}, 0.95, 1024),
    ],
)
def test_duration_within_which_a_share_was_over(buckets, share, bound):
    assert bound_ms(buckets, share=share) == bound
