"""Which numbers are an alert."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.alerts.figures import Figures, Share
from integrations.alerts.measuring import Verdict, measure
from integrations.alerts.models import AlertSettings, Rule
from integrations.alerts.usual import same_hour

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
QUIET = Figures(status="active", since=NOW - timedelta(hours=1, minutes=30), hour=NOW - timedelta(hours=1, minutes=30))
BAD, GOOD, UNKNOWN = Verdict
MINUTE = timedelta(minutes=1)


def verdict(rule, *, settings=None, **figures):
    return measure(rule, figures=replace(QUIET, **figures), settings=settings or AlertSettings(), now=NOW).verdict


@pytest.mark.parametrize(
    ("figures", "wanted"),
    [
        ({}, UNKNOWN),
        ({"requests": Share(0, 5)}, GOOD),
        ({"requests": Share(2, 20)}, BAD),
        ({"requests": Share(1, 20)}, GOOD),
        # Of a few calls nobody can say anything.
        ({"requests": Share(19, 19)}, UNKNOWN),
        ({"requests": Share(0, 500), "received": Share(30, 40)}, BAD),
        ({"requests": Share(0, 500), "events": Share(10, 100)}, BAD),
        ({"requests": Share(0, 500), "events": Share(9, 100)}, GOOD),
    ],
)
def test_error_rate(figures, wanted):
    assert verdict(Rule.ERRORS, **figures) is wanted


@pytest.mark.parametrize(
    ("since", "wanted"), [(None, GOOD), (NOW - 59 * MINUTE, GOOD), (NOW - 60 * MINUTE, BAD), (NOW + MINUTE, GOOD)]
)
def test_age(since, wanted):
    assert verdict(Rule.AGE, waiting_since=since, waiting=1) is wanted


@pytest.mark.parametrize(
    ("figures", "refused_on", "wanted"),
    [
        ({"status": "stopped"}, True, UNKNOWN),
        ({"status": "stopped"}, False, BAD),
        ({"status": "stopped", "waiting_since": NOW - 5 * MINUTE}, True, GOOD),
        ({"status": "paused"}, True, BAD),
        # What has gathered goes out now; as long as is allowed.
        ({"resumed_at": NOW - 59 * MINUTE}, True, UNKNOWN),
        ({"resumed_at": NOW - 60 * MINUTE}, True, BAD),
    ],
)
def test_age_while_sending_is_stopped_and_after(figures, refused_on, wanted):
    settings = AlertSettings(refused_on=refused_on)
    waiting = {"waiting_since": NOW - timedelta(hours=5), "waiting": 9}

    assert verdict(Rule.AGE, settings=settings, **waiting | figures) is wanted


@pytest.mark.parametrize(
    ("status", "wanted"), [("active", GOOD), ("paused", GOOD), ("stopped", BAD), ("incomplete", UNKNOWN)]
)
def test_refused(status, wanted):
    assert verdict(Rule.REFUSED, status=status) is wanted


@pytest.mark.parametrize(
    ("came", "usual", "waiting", "wanted"),
    [
        (0, 400, 0, BAD),
        (39, 400, 0, BAD),
        (40, 400, 0, GOOD),
        # They came, and something keeps them.
        (0, 400, 3, UNKNOWN),
        # By night little is usual, so nothing says that it is over, and a few events do.
        (0, 19, 0, UNKNOWN),
        (1, 19, 0, UNKNOWN),
        (2, 0, 0, GOOD),
    ],
)
def test_silence(came, usual, waiting, wanted):
    assert verdict(Rule.SILENCE, came=came, usual=usual, waiting=waiting) is wanted


@pytest.mark.parametrize(("count", "wanted"), [(0, GOOD), (100, GOOD), (101, BAD)])
def test_dead(count, wanted):
    assert verdict(Rule.DEAD, dead_lately=count) is wanted


def test_dead_of_which_none_is_allowed():
    assert verdict(Rule.DEAD, dead_lately=1, settings=AlertSettings(dead_count=0)) is BAD
    assert verdict(Rule.DEAD, dead_lately=0, settings=AlertSettings(dead_count=0)) is GOOD


@pytest.mark.parametrize(("days", "wanted"), [(0, GOOD), (59, GOOD), (60, BAD), (90, BAD)])
def test_expiry(days, wanted):
    assert verdict(Rule.EXPIRY, oldest_day=NOW.date() - timedelta(days=days), waiting=1) is wanted


def test_expiry_says_when_it_ends():
    found = measure(
        Rule.EXPIRY,
        figures=replace(QUIET, oldest_day=date(2026, 1, 1), waiting=1),
        settings=AlertSettings(),
        now=NOW,
    )

    # The first night in which it is older than the 90 days that are kept.
    assert (found.verdict, found.facts["ends"]) == (BAD, "2026-04-02")


@pytest.mark.parametrize(
    ("zone", "hour", "then"),
    [
        ("UTC", datetime(2026, 4, 1, 8, tzinfo=UTC), datetime(2026, 3, 25, 8, tzinfo=UTC)),
        # The clock went forward on 29 March: ten by the clock is nine hours and then eight after midnight UTC.
        ("Europe/Zurich", datetime(2026, 4, 1, 8, tzinfo=UTC), datetime(2026, 3, 25, 9, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 4, 1, 8, tzinfo=UTC), datetime(2026, 3, 25, 8, tzinfo=UTC)),
        # By half an hour, and in whole hours of counting.
        ("Australia/Lord_Howe", datetime(2026, 4, 8, 8, tzinfo=UTC), datetime(2026, 4, 1, 7, tzinfo=UTC)),
    ],
)
def test_same_hour_is_that_of_the_local_clock(zone, hour, then):
    assert same_hour(hour, weeks=1, zone=zone) == then
