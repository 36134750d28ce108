"""What the thresholds would have told of in the last days."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from integrations.alerts.configuring import settings_of
from integrations.alerts.lookback import look_back
from integrations.alerts.models import Rule
from tests.integrations.alerts.conftest import only
from tests.integrations.alerts.troubles import HOUR, called, ended, hour_of, usually

pytestmark = pytest.mark.django_db


@pytest.fixture
def running() -> datetime:
    """The hour that has begun, which is not judged yet."""
    return hour_of(timezone.now())


def found(program, running):
    episodes = look_back(program=program, settings=settings_of(program), now=running + timedelta(minutes=5))
    return [(each.rule, each.since, each.until) for each in episodes]


def test_errors_last_until_calls_are_good_again(program, connection, running):
    only(program, Rule.ERRORS, errors_hours=1)
    called(connection, running - 20 * HOUR, status=503, calls=30)
    for hours in range(16, 20):
        called(connection, running - hours * HOUR, calls=2000)

    assert found(program, running) == [(Rule.ERRORS, running - 20 * HOUR, running - 19 * HOUR)]


def test_silence_is_an_hour_without_what_is_usual(program, connection, running):
    only(program, Rule.SILENCE)
    for hours in range(30, 34):
        usually(connection, running - hours * HOUR)
    for hours in (33, 31, 30):
        ended(connection, running - hours * HOUR, events=390)

    assert found(program, running) == [(Rule.SILENCE, running - 32 * HOUR, running - 31 * HOUR)]


def test_silence_is_known_after_one_week(program, connection, running):
    only(program, Rule.SILENCE)
    for hours in (32, 31):
        usually(connection, running - hours * HOUR, weeks=1)
    ended(connection, running - 31 * HOUR, events=390)

    assert found(program, running) == [(Rule.SILENCE, running - 32 * HOUR, running - 31 * HOUR)]


def test_failed_events_count_for_a_day(program, connection, running):
    only(program, Rule.DEAD)
    ended(connection, running - 50 * HOUR, events=500, state="dead")

    assert found(program, running) == [(Rule.DEAD, running - 50 * HOUR, running - 26 * HOUR)]


def test_rule_that_is_off_would_have_told_nothing(program, connection, running):
    only(program)
    called(connection, running - 20 * HOUR, status=503, calls=30)

    assert found(program, running) == []
