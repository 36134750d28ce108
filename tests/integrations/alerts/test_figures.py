"""The numbers come from what is really logged, and cost the same however much there is."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.alerts.configuring import settings_by_program
from integrations.alerts.evaluating import evaluate
from integrations.alerts.figures import Share, figures_of
from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery.models import DeliveryOutcome, Lane
from integrations.statistics import folding
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event
from tests.integrations.alerts.troubles import ended, usually
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db


def read(now=None):
    connections = list(Connection.objects.select_related("program"))
    settings = settings_by_program({each.program_id: each.program for each in connections})
    return figures_of(connections=connections, settings=settings, now=now or timezone.now())


def call(program, *, status=200, direction="out", at=None):
    ApiCall.objects.create(
        day=timezone.now().date(),
        at=at or timezone.now(),
        program_id=program.pk,
        kind="braze",
        direction=direction,
        method="POST",
        path="/users/track",
        endpoint="users/track",
        status=status,
        duration_ms=5,
        request_id="r-1",
    )


def outcome(connection, state, *, count=1):
    now = timezone.now()
    for number in range(count):
        DeliveryOutcome.objects.create(
            day=now.date(),
            at=now,
            program_id=connection.program_id,
            connection_id=connection.pk,
            lane_id=1,
            sequence=number,
            stored_event_id=number,
            event_day=now.date(),
            event_id=f"e-{number}",
            account_id="a-1",
            type="BALANCE_CHANGED",
            state=state,
            reason="" if state == "delivered" else "no good",
        )


@pytest.mark.parametrize("is_folded", [False, True])
def test_what_is_logged_is_counted(connection, is_folded):
    program = connection.program
    for status in (201, 500, 0):
        call(program, status=status)
    call(program, status=401, direction="in")
    call(program, status=500, at=timezone.now() - timedelta(hours=3))
    call(ProgramFactory(), status=500)
    outcome(connection, "delivered", count=4)
    outcome(connection, "dead", count=2)
    Lane.objects.create(program=program, connection=connection, number=0, accepted=6, delivered=4, dead=2)
    if is_folded:
        folding.fold()

    found = read()[connection.pk]

    assert (found.requests, found.received, found.events) == (Share(2, 3), Share(1, 1), Share(2, 6))
    assert found.dead_lately == 2
    assert found.came == 6


def test_dead_ones_that_were_sent_again_do_not_count(connection):
    outcome(connection, "dead", count=5)
    Lane.objects.create(program=connection.program, connection=connection, number=0, accepted=5, dead=1, delivered=4)

    assert read()[connection.pk].dead_lately == 1


def test_waiting_ones_are_seen_by_the_first_of_each_lane(connection):
    before = timezone.now()
    send(connection.program, *[balance_event(f"a-{number}") for number in range(40)])

    found = read()[connection.pk]

    assert found.waiting == 40
    assert before <= found.waiting_since <= timezone.now()
    assert found.oldest_day == before.date()


def test_usual_is_the_middle_of_four_weeks(connection):
    now = timezone.now().replace(minute=30)
    usually(connection, now - timedelta(hours=1), events=100)
    outcomes = read(now)[connection.pk]

    assert outcomes.usual == 100
    assert outcomes.came == 0


@pytest.mark.parametrize(("weeks", "usual"), [(0, 0), (1, 100), (2, 100), (3, 100)])
def test_weeks_before_the_first_event_are_not_counted(connection, weeks, usual):
    now = timezone.now().replace(minute=30)
    usually(connection, now - timedelta(hours=1), events=100, weeks=weeks)

    assert read(now)[connection.pk].usual == usual


def test_week_without_events_after_the_first_is_counted(connection):
    now = timezone.now().replace(minute=30)
    usually(connection, now - timedelta(hours=1), events=100, weeks=1)
    ended(connection, now - timedelta(weeks=3, days=2), events=5)

    # Of three weeks two had nothing at that hour.
    assert read(now)[connection.pk].usual == 0


def test_statements_are_as_many_for_many_programs_and_rows(connection):
    def statements(now):
        with CaptureQueriesContext(
            database,
        ) as caught:
            assert evaluate(now=now)
        return len(caught)

    now = timezone.now()
    few = statements(now)
    for number in range(5):
        other = connect_braze(ProgramFactory(), apiKey=f"another-key-0123456789-{number}")
        usually(other, now - timedelta(hours=1))
        send(other.program, *[balance_event(f"a-{row}") for row in range(10)])

    assert statements(now + timedelta(minutes=1)) == few
