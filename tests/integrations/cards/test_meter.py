"""Braze's limit as a gauge, from what its last answer said."""

from datetime import UTC, datetime

import pytest

from integrations.cards.meter import meter_of
from integrations.delivery import pace
from integrations.delivery.pace import Heard
from integrations.spec import Pace
from tests.factories.people import person, sign_in

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def heard(*, limit=3_000, remaining=2_412, in_seconds=30.0):
    return Heard(limit, remaining, NOW.timestamp() + in_seconds, NOW.timestamp() - 5)


@pytest.mark.parametrize(
    ("said", "remaining", "is_over", "is_low", "width"),
    [
        (heard(), 2_412, False, False, "80.40%"),
        (heard(remaining=600), 600, False, True, "20.00%"),
        (heard(remaining=0), 0, False, True, "0.00%"),
        (heard(remaining=-3), 0, False, True, "0.00%"),
        (heard(remaining=0, in_seconds=-1), 3_000, True, False, "100.00%"),
    ],
)
def test_meter_shows_what_is_left(said, remaining, is_over, is_low, width):
    found = meter_of(heard=said, now=NOW)

    assert (found.remaining, found.is_over, found.is_low, found.width) == (remaining, is_over, is_low, width)


@pytest.mark.parametrize("said", [None, heard(limit=0)])
def test_meter_of_which_nothing_is_known(said):
    assert meter_of(heard=said, now=NOW) is None


@pytest.mark.django_db
def test_overview_shows_the_meter(client, program, connection):
    address = f"/programs/{program.code}/integrations/braze"
    sign_in(client, person(program=program))
    assert "within the last hour there was none" in client.get(address).text

    pace.note(connection=connection, said=Pace(3_000, 300, 600.0))

    page = client.get(address).text
    assert "<strong>300</strong> of 3,000 requests left" in page
    assert "events go out more slowly" in page
