"""A level's change says its direction, also where the platform does not."""

import pytest

from integrations.delivery.intake import accept
from integrations.delivery.models import StoredEvent
from loyalty_api.engine.models import Level
from tests.factories.engine import LevelFactory
from tests.factories.events import canonical_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def levels(program):
    LevelFactory(program=program, slug="silver", name="Silver", needed_status_points=0)
    LevelFactory(program=program, slug="gold", name="Gold member", needed_status_points=1_000)


def change(old, new, **more):
    return canonical_event(
        "STATUS_LEVEL_CHANGED", event_id=f"{old}-{new}", data={"oldLevel": old, "newLevel": new, **more}
    )


def stored(program, event):
    accept(program=program, events=[event], source="test")
    return StoredEvent.objects.get(event_id=event.event_id).data


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        ("Silver", "Gold member", "up"),
        ("gold", "SILVER ", "down"),
        (None, "Silver", "up"),
        ("Gold member", "", "down"),
    ],
)
def test_direction_follows_the_programs_levels(program, levels, old, new, direction):
    assert stored(program, change(old, new))["direction"] == direction


@pytest.mark.parametrize(("old", "new"), [("Silver", "Diamond"), ("Silver", "silver"), (7, "Silver")])
def test_direction_is_left_open_where_the_levels_do_not_tell_it(program, levels, old, new):
    assert "direction" not in stored(program, change(old, new))


def test_direction_that_the_platform_tells_stays(program, levels):
    event = change("Silver", "Gold member", direction="down")

    assert stored(program, event)["direction"] == "down"


def test_other_events_cost_no_question(program, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as counted:
        accept(program=program, events=[canonical_event("BALANCE_CHANGED")], source="test")

    assert not any(Level._meta.db_table in query["sql"] for query in counted.captured_queries)
