"""What is written to the logs is counted by the hour, at once and once."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.delivery.models import DeliveryOutcome
from integrations.statistics import folding, reading
from integrations.statistics.models import (
    CallCount,
    CallDayCount,
    CallDelta,
    CallHourCount,
    OutcomeCount,
    OutcomeDelta,
)
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, in_threads, send

pytestmark = pytest.mark.django_db
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
PERIOD = reading.Period(HOUR - timedelta(days=2), HOUR + timedelta(days=1))


def record(
    program, *, endpoint="members/profile", status=200, at=HOUR, key="abcdefgh", units=1, milliseconds=0, error=""
):
    ApiCall.objects.create(
        day=timezone.now().date(),
        at=at,
        program_id=program.pk,
        kind="braze",
        direction="in",
        method="GET",
        path="/v1",
        endpoint=endpoint,
        status=status,
        duration_ms=milliseconds,
        request_id="r-1",
        key_prefix=key,
        units=units,
        error=error,
    )


def shown(figures):
    return [(*figure.by, figure.count) for figure in figures]


def test_calls_are_counted_by_what_they_were(program):
    record(program)
    record(program)
    record(program, status=400, key="zzzzzzzz")
    record(program, endpoint="events", units=40)

    by_endpoint = reading.calls(program=program, period=PERIOD, by=[reading.Call.ENDPOINT, reading.Call.STATUS])
    one_key = reading.calls(program=program, period=PERIOD, only={reading.Call.KEY: "zzzzzzzz"})
    units = reading.calls(program=program, period=PERIOD, only={reading.Call.ENDPOINT: "events"})

    assert shown(by_endpoint) == [("events", 200, 1), ("members/profile", 200, 2), ("members/profile", 400, 1)]
    assert shown(one_key) == [(1,)]
    assert [figure.units for figure in units] == [40]


def test_error_in_a_good_answer_is_counted_below_zero(program):
    record(program)
    record(program, error="internal_error")
    record(program, error="member_not_found")
    record(program, status=500, error="internal_error")

    found = reading.calls(program=program, period=PERIOD, by=[reading.Call.STATUS])

    assert shown(found) == [(-200, 1), (200, 2), (500, 1)]


def test_errors_in_good_answers_that_were_counted_before_are_moved(program):
    record(program)
    record(program, error="internal_error")
    folding.fold()
    by = [reading.Call.HOUR, reading.Call.STATUS]
    move = import_module("integrations.statistics.migrations.0007_errors_in_good_answers").Migration.operations[0]

    with database.cursor() as cursor:
        cursor.execute(move.reverse_sql)
        before = shown(reading.calls(program=program, period=PERIOD, by=by))
        folding.fold()
        cursor.execute(move.sql)
    after = shown(reading.calls(program=program, period=PERIOD, by=by))
    folding.fold()

    assert before == [(HOUR, -200, 0), (HOUR, 200, 2)]
    assert after == [(HOUR, -200, 1), (HOUR, 200, 1)]
    assert after == shown(reading.calls(program=program, period=PERIOD, by=by))


def test_figures_are_the_same_before_and_after_folding(program):
    for status in (200, 200, 503):
        record(program, status=status)
    by = [reading.Call.HOUR, reading.Call.STATUS]
    before = reading.calls(program=program, period=PERIOD, by=by)

    assert folding.fold() == 3
    after = reading.calls(program=program, period=PERIOD, by=by)
    record(program, status=200)
    folding.fold()

    assert before == after
    assert shown(before) == [(HOUR, 200, 2), (HOUR, 503, 1)]
    assert shown(reading.calls(program=program, period=PERIOD, by=by)) == [(HOUR, 200, 3), (HOUR, 503, 1)]
    assert CallDelta.objects.count() == 0


def test_hours_and_days_follow_the_programs_clock():
    program = ProgramFactory(timezone="Pacific/Auckland")
    noon = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    record(program, at=noon)
    period = reading.Period(noon - timedelta(days=1), noon + timedelta(days=1))

    [(hour, _)] = shown(reading.calls(program=program, period=period, by=[reading.Call.HOUR]))
    [(day, _)] = shown(reading.calls(program=program, period=period, by=[reading.Call.DAY]))

    assert hour == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert day == date(2026, 11, 21)  # it has begun in Auckland


@pytest.mark.parametrize("programs_call", [True, False])
def test_figures_are_of_one_program_and_period(program, programs_call):
    other = ProgramFactory()
    record(program if programs_call else other)
    record(program, at=HOUR - timedelta(days=9))

    assert shown(reading.calls(program=program, period=PERIOD)) == ([(1,)] if programs_call else [])


def test_nothing_is_counted_of_what_is_rolled_back(program):
    with transaction.atomic():
        record(program)
        transaction.set_rollback(True)

    assert reading.calls(program=program, period=PERIOD) == []


@pytest.mark.django_db(transaction=True)
def test_outcomes_equal_the_rows_they_count(program, braze):
    connection = connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)
    send(program, *[balance_event(f"a-{number}") for number in range(30)])
    deliver(program)

    by = [reading.Outcome.CONNECTION, reading.Outcome.TYPE, reading.Outcome.STATE]
    found = reading.outcomes(program=program, period=PERIOD, by=by)

    assert shown(found) == [(connection.pk, "BALANCE_CHANGED", "delivered", 30)]
    assert DeliveryOutcome.objects.filter(state="delivered").count() == 30
    # A row for each batch, not for each event.
    assert OutcomeDelta.objects.count() <= 16


@pytest.mark.django_db(transaction=True)
def test_folding_twice_at_once_counts_once(program):
    for number in range(60):
        record(program, endpoint=f"e-{number % 7}")

    in_threads([folding.fold] * 4)

    assert sum(row.calls for row in CallCount.objects.all()) == 60
    assert CallDelta.objects.count() == 0


def test_expired_counts_go(program):
    record(program, at=HOUR - timedelta(days=200))
    record(program)
    folding.fold()

    assert folding.remove_expired() == 1
    assert CallCount.objects.get().hour == HOUR
    assert OutcomeCount.objects.count() == 0


@pytest.mark.parametrize(("milliseconds", "bucket"), [(0, 0), (1, 1), (3, 2), (4, 3), (1000, 10)])
def test_duration_has_its_bucket(program, milliseconds, bucket):
    record(program, milliseconds=milliseconds)

    assert CallDelta.objects.get().bucket == bucket


@pytest.mark.parametrize("by", [[], [reading.Call.ENDPOINT], [reading.Call.STATUS], [reading.Call.HOUR]])
@pytest.mark.parametrize(("since", "until"), [(-80, 1), (-49, -3), (-2, 1), (-24, 0), (-23, -22)])
def test_summaries_of_days_and_hours_are_the_same_calls(program, by, since, until):
    """Whichever table answers, and whether or not all is summed up already."""
    for hours_ago in (0, 1, 2, 22, 23, 24, 25, 48, 49, 71, 79, 90):
        record(program, at=HOUR - timedelta(hours=hours_ago, minutes=-7), endpoint=f"e-{hours_ago % 3}")
        if hours_ago == 48:
            folding.fold()
    period = reading.Period(HOUR + timedelta(hours=since), HOUR + timedelta(hours=until))
    rows = ApiCall.objects.filter(at__gte=period.since, at__lt=period.until).count()

    before = reading.calls(program=program, period=period, by=by)
    folding.fold()
    after = reading.calls(program=program, period=period, by=by)

    assert before == after
    assert sum(figure.count for figure in after) == rows


def test_expired_summaries_go(program):
    record(program, at=HOUR - timedelta(days=200))
    record(program)
    folding.fold()

    folding.remove_expired()

    assert (CallDayCount.objects.count(), CallHourCount.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("state", "reason", "shown_as"),
    [
        ("delivered", "", ""),
        ("filtered", "not_selected", "not_selected"),
        ("dead", "expired: status_503", "expired"),
        ("dead", "The value is no date.", "refused"),
        ("dead", "x" * 5000, "refused"),
        ("dead", "", "refused"),
    ],
)
def test_reason_of_what_did_not_arrive_is_counted(program, state, reason, shown_as):
    connection = connect_braze(program)
    DeliveryOutcome.objects.create(
        day=HOUR.date(), at=HOUR, program_id=program.pk, connection_id=connection.pk, lane_id=1, sequence=1,
        stored_event_id=1, event_day=HOUR.date(), event_id="e", account_id="a", type="T", state=state, reason=reason,
    )  # fmt: skip
    folding.fold()

    found = reading.outcomes(program=program, period=PERIOD, by=[reading.Outcome.STATE, reading.Outcome.REASON])

    assert shown(found) == [(state, shown_as, 1)]
