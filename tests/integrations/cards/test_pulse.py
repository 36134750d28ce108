"""The last 24 hours on the card: what it counts is what the log holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.cards.pulse import HOURS, pulse_of
from integrations.delivery.models import DeliveryOutcome
from integrations.frame.places import Place
from integrations.registry import spec_for
from integrations.statistics import folding
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def call(program, *, status=200, hours_ago=0, direction="in"):
    ApiCall.objects.create(
        day=NOW.date(),
        at=NOW - timedelta(hours=hours_ago),
        program_id=program.pk,
        kind="braze",
        direction=direction,
        method="GET",
        path="/v1",
        endpoint="members/profile",
        status=status,
        duration_ms=1,
        request_id="r-1",
    )


def outcome(connection, *, state="delivered", hours_ago=0):
    DeliveryOutcome.objects.create(
        day=NOW.date(),
        at=NOW - timedelta(hours=hours_ago),
        program_id=connection.program_id,
        connection_id=connection.pk,
        lane_id=1,
        sequence=1,
        stored_event_id=1,
        event_day=NOW.date(),
        event_id="e-1",
        account_id="a-1",
        type="BALANCE_CHANGED",
        state=state,
    )


def pulse(program, connection=None):
    return pulse_of(place=Place(program, spec_for("braze"), Role.ADMIN), connection=connection, now=NOW)


def test_pulse_counts_both_directions_by_hour(program):
    connection = connect_braze(program)
    for state in ("delivered", "delivered", "dead", "filtered"):
        outcome(connection, state=state)
    call(program, status=200, hours_ago=3)
    call(program, status=503, hours_ago=3)
    call(program, status=0)
    call(program, direction="out")
    folding.fold()

    found = pulse(program, connection)

    assert (found.sent.total, found.sent.failed) == (3, 1)
    assert (found.received.total, found.received.failed) == (3, 2)
    assert [tuple(bar.counts.values()) for bar in found.received.chart.bars[-4:]] == [(1, 1), (0, 0), (0, 0), (0, 1)]
    assert len(found.hours) == HOURS


def test_pulse_leaves_out_what_is_older(program):
    call(program, hours_ago=23)
    call(program, hours_ago=24)

    assert pulse(program).received.total == 1


def test_card_shows_the_pulse_as_picture_and_table(client, program):
    connection = connect_braze(program)
    outcome(connection)
    outcome(connection, state="dead")
    sign_in(client, person(program=program))

    page = client.get(f"/programs/{program.code}/integrations/braze").text

    assert "Events to Braze" in page
    assert "1 failed" in page
    assert page.count('<th scope="row"><time') == HOURS
    assert page.count('<rect class="failed"') == 1


def test_numbers_of_the_pulse_are_as_long_as_their_lists(client, program):
    connection = connect_braze(program)
    for state in ("delivered", "delivered", "dead", "filtered"):
        outcome(connection, state=state)
    for status in (200, 302, 404, 0):
        call(program, status=status)
    sign_in(client, person(program=program))

    found = pulse(program, connection)

    for series, numbers in ((found.sent, (3, 1)), (found.received, (4, 2))):
        assert (series.total, series.failed) == numbers
        assert tuple(rows_in(client.get(address)) for address in (series.address, series.failed_address)) == numbers


def test_pulse_of_nothing_leads_nowhere(program):
    found = pulse(program)

    assert {series.address + series.failed_address for series in found.directions} == {""}


def rows_in(page):
    assert page.status_code == 200
    return page.text.count('<td class="shrink"')


@pytest.mark.parametrize("is_folded", [False, True])
def test_pulse_tells_when_there_last_was_something_however_long_ago(program, is_folded):
    connection = connect_braze(program)
    for hours_ago in (30, 50):
        call(program, hours_ago=hours_ago)
        outcome(connection, hours_ago=hours_ago + 5)
    call(program, direction="out")
    outcome(connection, state="filtered")
    if is_folded:
        folding.fold()

    found = pulse(program, connection)

    assert found.received.latest == NOW - timedelta(hours=30)
    assert found.sent.latest == NOW - timedelta(hours=35)


def test_pulse_of_a_program_that_nobody_uses_tells_of_no_moment(program):
    found = pulse(program, connect_braze(program))

    assert (found.sent.latest, found.received.latest) == (None, None)


def test_card_and_overview_say_when_there_last_was_something(client, program):
    sign_in(client, person(program=program))
    call(program, hours_ago=3)

    pages = [client.get(f"/programs/{program.code}{path}").text for path in ("/integrations/braze", "")]

    assert ["last: 3 hours ago" in page for page in pages] == [True, False], "no numbers before there is a connection"
