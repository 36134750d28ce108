"""An event that is held is counted from its acceptance on, whatever becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery.claiming import claim_due
from integrations.delivery.lanes import has_waiting
from integrations.delivery.ledger import program_tally
from integrations.delivery.models import HELD_LANE, DeliveryOutcome, HeldEvent, Lane
from integrations.delivery.purge import purge
from tests.factories.connection import connect_braze
from tests.factories.events import canonical_event
from tests.integrations.delivery.sending import in_threads, send

pytestmark = pytest.mark.django_db(transaction=True)


def created(number=1):
    return canonical_event("USER_CREATED", account_id="", event_id=f"e-{number}", user_id=f"u-{number}", member_role="")


def member(number=1):
    return canonical_event(
        "MEMBERSHIP_CREATED", account_id=f"a-{number}", event_id=f"m-{number}", user_id=f"u-{number}"
    )


def numbers(program):
    """Accepted, delivered, dead, filtered and waiting."""
    return tuple(program_tally(program=program).as_dict().values())[:5]


def held_lane(program):
    return Lane.objects.get(program=program, connection=None, number=HELD_LANE)


def test_held_event_waits_and_is_given_to_no_worker(program):
    connect_braze(program)

    send(program, created(), created(2))
    send(program, created())

    assert numbers(program) == (2, 0, 0, 0, 2)
    assert not has_waiting(program_id=program.pk)
    assert claim_due(limit=5).lanes == []


def test_released_event_is_counted_where_it_goes(program):
    connect_braze(program)
    send(program, created(), created(2))

    send(program, member())

    assert numbers(program) == (3, 0, 0, 0, 3)
    assert held_lane(program).accepted == 1
    send(program, member(2))
    assert numbers(program) == (4, 0, 0, 0, 4)
    assert held_lane(program).accepted == 0


def test_released_event_of_a_program_without_connection_is_filtered(program):
    send(program, created())

    send(program, member())

    assert numbers(program) == (2, 0, 0, 2, 0)


def test_event_for_which_no_account_comes_is_filtered_in_the_end(program):
    send(program, created(), created(2))
    HeldEvent.objects.filter(event_id="e-1").update(held_at=timezone.now() - timedelta(days=92))

    told, found = purge(is_dry_run=True), purge()

    outcome = DeliveryOutcome.objects.get()
    assert (told.held_events, found.held_events) == (1, 1)
    assert numbers(program) == (2, 0, 0, 1, 1)
    assert (outcome.event_id, outcome.type) == ("e-1", "USER_CREATED")
    assert (outcome.state, outcome.reason, outcome.connection_id) == ("filtered", "no_account", None)


def test_calls_at_once_that_hold_and_release_do_not_block_each_other(program):
    connect_braze(program)
    calls = [[created(number), created(number + 1)] for number in range(8)]
    joins = [[member(number), member(number + 3)] for number in range(8)]

    in_threads([lambda events=events: send(program, *events) for events in calls + joins])
    send(program, *[member(number) for number in range(11)])

    assert not HeldEvent.objects.exists()
    assert held_lane(program).accepted == 0
    assert numbers(program) == (20, 0, 0, 0, 20)
