from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.connections.services import park
from integrations.delivery import pace
from integrations.delivery.metrics import families
from integrations.delivery.models import StoredEvent
from integrations.spec import Pace
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import send

pytestmark = pytest.mark.django_db


def numbers(program):
    """The values of one program, by the rest of their labels."""
    found = {}
    for family in families():
        for sample in family.samples:
            labels = dict(sample.labels)
            if labels.pop("program") == program.code:
                found[sample.name.removeprefix("selfservice_"), *labels.values()] = sample.value
    return found


def test_waiting_and_its_age_are_the_connections():
    program = ProgramFactory()
    connect_braze(program)
    send(program, *[balance_event(f"a-{number}") for number in range(5)])
    StoredEvent.objects.filter(account_id="a-3").update(accepted_at=timezone.now() - timedelta(seconds=300))

    found = numbers(program)

    assert (found["events_accepted", "braze"], found["events_waiting", "braze"]) == (5, 5)
    assert (found["events_dead", "braze"], found["events_delivered", "braze"]) == (0, 0)
    assert 300 <= found["oldest_waiting_seconds", "braze"] < 310
    assert (found["connection_state", "braze", "active"], found["connection_state", "braze", "stopped"]) == (1, 0)
    assert found["rate_limit_wait_seconds", "braze"] == 0


def test_events_without_a_connection_are_filtered_and_wait_for_nothing():
    program = ProgramFactory()
    send(program, balance_event(), balance_event())

    found = numbers(program)

    assert (found["events_filtered", ""], found["events_waiting", ""], found["oldest_waiting_seconds", ""]) == (2, 0, 0)


def test_wait_that_the_other_side_asked_for_is_shown():
    connection = connect_braze(ProgramFactory())
    park(connection=connection, wait=timedelta(seconds=60))

    assert 50 < numbers(connection.program)["rate_limit_wait_seconds", "braze"] <= 60


def test_rate_limit_is_shown_once_it_was_heard_of():
    connection = connect_braze(ProgramFactory())
    before = numbers(connection.program)
    pace.note(connection=connection, said=Pace(3000, 2400, 60))

    found = numbers(connection.program)

    assert ("rate_limit_remaining", "braze") not in before
    assert (found["rate_limit_requests", "braze"], found["rate_limit_remaining", "braze"]) == (3000, 2400)


def test_number_of_statements_does_not_grow(django_assert_num_queries):
    for _ in range(3):
        connection = connect_braze(ProgramFactory(), apiKey=f"rest-key-{ProgramFactory().code}")
        send(connection.program, balance_event())

    with django_assert_num_queries(3):
        list(families())
