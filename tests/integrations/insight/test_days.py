"""Days of the program's clock, also where midnight comes twice or not at all."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.delivery.models import DeliveryOutcome
from integrations.frame.places import Place
from integrations.insight.counting import count_in
from integrations.insight.periods import CHOICES, stretch_of
from integrations.registry import spec_for
from selfservice.programs.models import Role
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def happen(connection, at):
    """A call that came in and an event that was delivered; today's partition takes them, whatever their hour."""
    ApiCall.objects.create(
        day=timezone.now().date(),
        at=at,
        program_id=connection.program_id,
        kind="braze",
        direction="in",
        method="GET",
        path="/v1",
        endpoint="members/profile",
        status=200,
        duration_ms=3,
        request_id="r-1",
    )
    DeliveryOutcome.objects.create(
        day=timezone.now().date(),
        at=at,
        program_id=connection.program_id,
        connection_id=connection.pk,
        lane_id=1,
        sequence=1,
        stored_event_id=1,
        event_day=at.date(),
        event_id="e-1",
        account_id="a-1",
        type="BALANCE_CHANGED",
        state="delivered",
    )


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Atlantic/Azores", datetime(2026, 10, 25, 9, 30, tzinfo=UTC)),
        ("America/Havana", datetime(2026, 11, 1, 17, 30, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 4, 24, 9, 30, tzinfo=UTC)),
        ("Europe/Zurich", datetime(2026, 10, 25, 9, 30, tzinfo=UTC)),
    ],
)
def test_no_day_is_lost_where_clocks_change(zone, day):
    connection = connect_braze(ProgramFactory(timezone=zone))
    happen(connection, day)
    place = Place(connection.program, spec_for("braze"), Role.VIEWER)
    stretch = stretch_of(CHOICES["30d"], zone=zone, now=day.replace(hour=20))

    found = count_in(place=place, connection=connection, stretch=stretch)

    assert found.ended.bars[-1].total == 1
    assert found.calls["in"].bars[-1].total == 1
