"""The one way in: each event once, in the order of acceptance, all of a call or nothing."""

import pytest
from django.db import transaction

from integrations.connections.models import Connection
from integrations.delivery.intake import LanesMissing, accept, lane_number
from integrations.delivery.ledger import program_tally
from integrations.delivery.models import Delivery, DeliveryOutcome, EventKey, Lane, StoredEvent
from selfservice.database.rows import Change
from selfservice.programs.models import Program
from tests.factories.connection import connect_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event, canonical_event
from tests.integrations.delivery.sending import in_threads, send, tally

several_connections = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(program):
    return connect_braze(program)


def waiting_ids(**filters):
    rows = Delivery.objects.filter(**filters).order_by("lane_id", "sequence").values_list("event_id", flat=True)
    ids = dict(StoredEvent.objects.values_list("id", "event_id"))
    return [ids[pk] for pk in rows]


def test_accept_stores_event_as_it_came(program, connected):
    event = canonical_event("MEMBERSHIP_CREATED")

    result = accept(program=program, events=[event], source="engine")

    stored = StoredEvent.objects.get()
    assert (result.accepted, result.duplicates) == (1, 0)
    for name in ("event_id", "type", "occurred_at", "account_id", "user_id", "partner_id", "member_role", "data"):
        assert getattr(stored, name) == getattr(event, name)
    assert (stored.program_id, stored.source, stored.day) == (program.pk, "engine", stored.accepted_at.date())


def test_accept_nothing_is_nothing(program, connected, django_assert_num_queries):
    with django_assert_num_queries(0):
        result = accept(program=program, events=[], source="test")

    assert (result.accepted, result.duplicates) == (0, 0)


def test_what_goes_along_is_stored_once_however_often_the_lanes_are_asked_for(program):
    change = Change(
        "renamed AS (UPDATE programs_program SET name = name || %(more)s WHERE id = %(which)s)",
        {"more": "!", "which": program.pk},
    )
    assert not Lane.objects.exists()

    accept(program=program, events=[balance_event()], source="engine", along=change)

    assert Program.objects.get().name == f"{program.name}!"
    assert StoredEvent.objects.count() == 1


def test_duplicate_within_a_call_counts_and_the_first_one_stays(program, connected):
    first, second = balance_event(event_id="same"), balance_event(event_id="same")

    result = send(program, first, second)

    assert (result.accepted, result.duplicates) == (1, 1)
    assert StoredEvent.objects.get().data == first.data
    assert tally(connected) == (1, 0, 0, 0, 1, 0)


def test_duplicate_of_an_earlier_call_changes_nothing(program, connected):
    event = balance_event()
    send(program, event)
    lanes = list(Lane.objects.values())

    result = send(program, event)

    assert (result.accepted, result.duplicates) == (0, 1)
    assert list(Lane.objects.values()) == lanes
    assert StoredEvent.objects.count() == EventKey.objects.count() == Delivery.objects.count() == 1


def test_same_id_in_two_programs_is_two_events(program, connected):
    other = ProgramFactory()

    results = [send(owner, balance_event(event_id="same")) for owner in (program, other)]

    assert [result.accepted for result in results] == [1, 1]


def test_sequences_follow_the_order_of_the_call(program, connected):
    events = [balance_event("a-1") for _ in range(20)]

    send(program, *events[:12])
    send(program, *events[12:])

    assert waiting_ids() == [event.event_id for event in events]
    assert list(Delivery.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 21))


def test_account_always_falls_into_one_lane(program, connected):
    send(program, *[balance_event(account) for account in ("a-1", "b-2", "a-1", "c-3", "a-1")])

    lane = Lane.objects.get(number=lane_number("a-1"))
    accounts = StoredEvent.objects.filter(id__in=lane.deliveries.values("event_id")).values_list(
        "account_id", flat=True
    )
    assert list(accounts).count("a-1") == 3


def test_program_without_connection_filters(program):
    event = balance_event()

    send(program, event)

    outcome = DeliveryOutcome.objects.get()
    assert (outcome.state, outcome.reason, outcome.event_id) == ("filtered", "no_connection", event.event_id)
    assert outcome.connection_id is None
    assert not Delivery.objects.exists()
    assert program_tally(program=program).as_dict() == {
        "accepted": 1,
        "delivered": 0,
        "dead": 0,
        "filtered": 1,
        "waiting": 0,
        "maybe_twice": 0,
    }


def test_incomplete_connection_filters_and_sends_nothing_later(program):
    connection = connect_braze(program, defaultOptins=None)
    assert connection.status == "incomplete"
    send(program, balance_event())

    complete = connect_braze(program, apiKey=None)

    assert complete.is_complete
    assert tally(complete) == (0, 0, 0, 0, 0, 0)
    assert DeliveryOutcome.objects.get().reason == "no_connection"


def test_stopped_connection_keeps_collecting(program, connected):
    Connection.objects.update(stopped_at=connected.created_at, stop_reason="key_refused")

    send(program, balance_event())

    assert tally(connected) == (1, 0, 0, 0, 1, 0)


def test_roll_back_of_the_caller_leaves_nothing(program, connected):
    with transaction.atomic():
        send(program, balance_event(event_id="taken-back"))
        transaction.set_rollback(True)

    assert not StoredEvent.objects.exists()
    assert not EventKey.objects.exists()
    assert tally(connected) == (0, 0, 0, 0, 0, 0)
    assert send(program, balance_event(event_id="taken-back")).accepted == 1


def test_accept_asks_as_often_for_many_as_for_one(program, connected, django_assert_num_queries):
    send(program, *[balance_event(f"a-{number}") for number in range(200)])

    with django_assert_num_queries(2):
        send(program, *[balance_event(f"a-{number}") for number in range(200)])


def test_lane_that_cannot_be_had_is_an_error_and_nothing_is_accepted(program, connected):
    Lane.objects.create(program=ProgramFactory(), connection=connected, number=lane_number("a-1"))

    with pytest.raises(LanesMissing):
        send(program, balance_event("a-1"))

    assert not StoredEvent.objects.exists()
    assert not EventKey.objects.exists()


@several_connections
def test_same_event_from_many_threads_is_stored_once(program, connected):
    event = balance_event()

    results = in_threads([lambda: send(program, event)] * 8)

    assert sum(result.accepted for result in results) == 1
    assert sum(result.duplicates for result in results) == 7
    assert tally(connected) == (1, 0, 0, 0, 1, 0)


@several_connections
def test_concurrent_calls_keep_each_ones_order(program, connected):
    calls = [[balance_event("a-1", event_id=f"{call}-{number:02d}") for number in range(10)] for call in range(8)]

    in_threads([lambda events=events: send(program, *events) for events in calls])

    ids = waiting_ids()
    assert len(ids) == 80
    for events in calls:
        places = [ids.index(event.event_id) for event in events]
        assert places == list(range(places[0], places[0] + 10))


@several_connections
def test_concurrent_first_events_of_all_lanes_do_not_block_each_other(program, connected):
    """No lane exists yet, and every call wants several, in an order of its own."""
    accounts = [f"member-{number}" for number in range(48)]
    calls = [[balance_event(account) for account in accounts[start::8] + accounts[:start]] for start in range(8)]

    results = in_threads([lambda events=events: send(program, *events) for events in calls])

    accepted = sum(result.accepted for result in results)
    assert accepted == sum(len(events) for events in calls)
    assert tally(connected) == (accepted, 0, 0, 0, accepted, 0)


@several_connections
def test_concurrent_calls_with_the_same_ids_in_another_order_do_not_block_each_other(program, connected):
    events = [balance_event(f"a-{number}") for number in range(60)]
    orders = [events, events[::-1], events[30:] + events[:30], events[::-1]]

    results = in_threads([lambda order=order: send(program, *order) for order in orders])

    assert sum(result.accepted for result in results) == 60


@several_connections
def test_sequence_order_is_commit_order(program, connected):
    """Whoever reads a lane after some sequence was committed finds every smaller one too."""
    seen = []

    def write(number):
        send(program, balance_event("a-1", event_id=f"w-{number}"))
        seen.append(list(Delivery.objects.order_by("sequence").values_list("sequence", flat=True)))

    in_threads([lambda number=number: write(number) for number in range(8)])

    assert all(sequences == list(range(1, len(sequences) + 1)) for sequences in seen)
