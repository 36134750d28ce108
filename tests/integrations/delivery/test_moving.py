"""A change of the identifier while events wait: what concerns one profile of today stays in the order of acceptance."""

import pytest

from integrations.connections.models import Connection
from integrations.delivery import moving, resyncs
from integrations.delivery.intake import lane_number
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.resyncs import Step
from tests.factories.connection import connect_braze
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import deliver, send, tally

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNTS = 6


def events_of_one_user(count):
    return [balance_event(f"a-{number % ACCOUNTS}", user_id="u-1", member_role="OWNER") for number in range(count)]


def connection_of(program):
    return Connection.objects.get(program=program)


def name_by_user(program, braze):
    return connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, identifierValue="user_id")


def test_order_holds_over_a_change_of_the_identifier(program, connection, braze, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 7)
    before, after = events_of_one_user(100), events_of_one_user(40)
    send(program, *before)
    name_by_user(program, braze)
    send(program, *after)

    deliver(program)

    assert braze.taken() == [event.event_id for event in before + after]
    assert tally(connection) == (140, 140, 0, 0, 0, 0)
    assert not Delivery.objects.exists()


def test_ledger_holds_while_units_are_moved(program, connection, braze, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 7)
    send(program, *events_of_one_user(20))
    changed = name_by_user(program, braze)
    lane = moving.ClaimedLane(Lane.objects.filter(accepted__gt=0).first().pk, connection.pk, 1, 0, 1)

    moves = []
    while not moves or moves[-1]:
        moves.append(moving.move_on(lane, changed))
        assert tally(connection) == (20, 0, 0, 0, 20, 0)

    assert len(moves) == 3
    assert {row.epoch for row in Lane.objects.filter(due_at__isnull=False)} == {changed.lane_epoch}


def test_second_change_keeps_the_order_too(program, connection, braze):
    first, second, third = events_of_one_user(20), events_of_one_user(20), events_of_one_user(20)
    send(program, *first)
    name_by_user(program, braze)
    send(program, *second)
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url)
    send(program, *third)

    deliver(program)

    by_account = [[e.event_id for e in first + second + third if e.account_id == f"a-{n}"] for n in range(ACCOUNTS)]
    taken = braze.taken()
    assert [[event_id for event_id in taken if event_id in own] for own in by_account] == by_account
    assert tally(connection) == (60, 60, 0, 0, 0, 0)


def test_markers_of_a_resync_are_taken_back_and_it_begins_again(program, connection, braze):
    found = resyncs.start(connection=connection, total=2)
    step = Step([("a-1", lane_number("a-1")), ("a-2", lane_number("a-2"))], "a-2")
    resyncs.queue(resync=found, connection=connection, step=step)
    event = events_of_one_user(1)[0]
    send(program, event)
    name_by_user(program, braze)
    send(program, *events_of_one_user(2))

    deliver(program)

    assert not Delivery.objects.exists()
    assert set(Lane.objects.values_list("markers", flat=True)) == {0}
    assert tally(connection) == (3, 3, 0, 0, 0, 0)
    again = resyncs.start(connection=connection_of(program), total=2)
    assert (again.pk, again.cursor, again.queued, again.epoch) == (found.pk, "", 0, connection.lane_epoch + 1)
