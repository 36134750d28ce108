"""What failed or was not sent is counted by cause: exactly, through deliveries, replays and the folding of counters."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import ended, replay, replay_steps
from integrations.delivery.models import DeliveryOutcome, State
from integrations.delivery.replay import Selection
from integrations.recovery import groups
from integrations.statistics import folding
from integrations.statistics.models import UndeliveredCount, UndeliveredDelta
from integrations.statistics.undelivered import undelivered
from selfservice.audit.services import Actor
from tests.factories.events import balance_event, refused_event
from tests.integrations.delivery.sending import deliver, send, tally

pytestmark = pytest.mark.django_db(transaction=True)
SOMEBODY = Actor(name="someone")
REASON = "The value provided for the 'email' field is not a valid email."


def fail(program, braze, *events, reason=REASON):
    """Braze refuses these events with a reason, and takes everything again after."""
    Connection.objects.filter(program=program).update(proven_generation=F("generation"))
    braze.fault(item_errors={"name": "convercus_user_logged_in", "type": reason}, seconds=600)
    send(program, *events)
    deliver(program)
    braze.control(clear=True)


def shown(connection):
    return [(each.state, each.cause, each.type, each.events) for each in undelivered(connection=connection)]


def again(program, selection):
    return replay_steps.run(job=replay.begin(program=program, selection=selection, actor=SOMEBODY))


def test_failed_are_counted_by_cause_and_equal_the_ledger(program, connection, braze):
    fail(program, braze, *[refused_event("a-1") for _ in range(3)])
    fail(program, braze, refused_event("a-2"), reason="'time' is required")
    send(program, balance_event("a-1", type="WEATHER_CHANGED"))
    deliver(program)

    found = shown(connection)

    assert found == [
        ("dead", REASON, "USER_LOGGED_IN", 3),
        ("dead", "'time' is required", "USER_LOGGED_IN", 1),
        ("filtered", "unknown_type", "WEATHER_CHANGED", 1),
    ]
    accepted, _delivered, dead, filtered, _waiting, _twice = tally(connection)
    assert (accepted, dead, filtered) == (5, 4, 1)


def test_replay_takes_out_of_the_count_at_once(program, connection, braze):
    fail(program, braze, *[refused_event("a-1") for _ in range(3)])

    again(program, Selection(types=("USER_LOGGED_IN",), account_id="a-1"))
    waiting = shown(connection)
    deliver(program)

    assert waiting == []
    assert shown(connection) == []
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def test_count_is_the_same_before_and_after_folding(program, connection, braze):
    fail(program, braze, refused_event("a-1"), refused_event("a-2"))
    before = shown(connection)
    folding.fold()
    assert shown(connection) == before
    assert not UndeliveredDelta.objects.exists()

    again(program, Selection(account_id="a-1"))
    folding.fold()

    assert [each[3] for each in shown(connection)] == [1]
    again(program, Selection())
    folding.fold()
    folding.remove_expired()
    assert not UndeliveredCount.objects.exists()


def test_what_differs_from_event_to_event_makes_no_cause(program, connection, braze):
    fail(program, braze, refused_event("a-1"), reason="unknown user ada@example.org of 2026031512")
    fail(program, braze, refused_event("a-1"), reason="unknown user bob@example.org of 2026041699")

    (found,) = undelivered(connection=connection)

    assert (found.cause, found.events) == ("unknown user …@… of #", 2)


def test_replay_of_one_cause_leaves_the_others(program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    fail(program, braze, refused_event("a-1"), reason="'time' is required")

    plan = replay.plan(program=program, selection=Selection(cause="'time' is required", connection_id=connection.pk))
    again(program, Selection(cause="'time' is required", connection_id=connection.pk))

    assert (plan.units, plan.members) == (1, 1)
    assert [each.cause for each in undelivered(connection=connection)] == [REASON]


def test_group_says_when_it_began_and_when_it_was_last(program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    fail(program, braze, refused_event("a-1"))
    first, last = DeliveryOutcome.objects.order_by("pk").values_list("at", flat=True)
    figures = undelivered(connection=connection)

    overview = groups.overview_of(connection=connection, figures=figures, state=State.DEAD)

    (group,) = overview.groups
    assert (group.oldest, group.newest, group.events, overview.events) == (first, last, 2, 2)
    assert group.words.title == "Mail address not valid"


def test_list_of_a_cause_is_as_long_as_its_number(program, connection, braze):
    fail(program, braze, *[refused_event(f"a-{number}") for number in range(7)])
    selection = Selection(cause=REASON, connection_id=connection.pk)

    seen, before = [], None
    while found := ended.newest(program=program, selection=selection, before=before, limit=3):
        seen += [each.pk for each in found]
        before = ended.Position(found[-1].day, found[-1].pk)

    assert len(seen) == len(set(seen)) == undelivered(connection=connection)[0].events == 7
    assert seen == sorted(seen, reverse=True)


def test_what_is_past_retention_is_neither_counted_nor_listed(program, connection, braze):
    fail(program, braze, refused_event("a-1"))
    UndeliveredDelta.objects.update(day=timezone.now().date() - timedelta(days=91))

    assert undelivered(connection=connection) == []
