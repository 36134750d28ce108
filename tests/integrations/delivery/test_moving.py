"""A change of the identifier while events wait: what concerns one profile of today stays in the order of acceptance."""

import threading

import pytest
from django.db import transaction

from integrations.connections.models import Connection
from integrations.delivery import moving, outcomes, replay, replay_steps, resyncs
from integrations.delivery.claiming import claim_due
from integrations.delivery.intake import lane_number
from integrations.delivery.lanes import LeaseLost
from integrations.delivery.models import Delivery, Lane, State
from integrations.delivery.outcomes import Learned
from integrations.delivery.reading import read_next
from integrations.delivery.resyncs import Step
from integrations.delivery.sending import drain_lane
from integrations.delivery.verdicts import Ending, Verdicts
from selfservice.audit.services import Actor
from tests.factories.connection import connect_braze
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, in_thread, in_threads, send, tally

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


def drain_all(program):
    """As a worker does, but no longer than it can take."""
    for _ in range(20):
        for lane in claim_due(limit=5, program_id=program.pk).lanes:
            in_thread(drain_lane, lane)
        if not Lane.objects.exclude(due_at=None).exists():
            return


def test_event_that_is_committed_late_to_an_earlier_epoch_is_sent(program, connection, braze):
    first, late, newer = events_of_one_user(3)
    send(program, first)
    drain_all(program)
    accepted, go = threading.Event(), threading.Event()

    def engine():
        with transaction.atomic():
            send(program, late)
            accepted.set()
            go.wait(20)

    def others():
        accepted.wait(20)
        name_by_user(program, braze)
        send(program, newer)
        drain_all(program)
        go.set()

    in_threads([engine, others])
    drain_all(program)

    assert braze.taken() == [first.event_id, newer.event_id, late.event_id]
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def test_replay_into_an_earlier_epoch_is_sent(program, connection, braze, monkeypatch):
    event, newer = refused_event("a-1", user_id="u-1", member_role="OWNER"), events_of_one_user(1)[0]
    braze.fault(**REFUSAL)
    send(program, event)
    drain_all(program)
    braze.control(clear=True)
    selection = replay.Selection()
    job = replay.begin(program=program, selection=selection, actor=Actor(name="someone"))
    before = {connection.pk: connection_of(program)}
    name_by_user(program, braze)
    send(program, newer)
    drain_all(program)

    monkeypatch.setattr(replay_steps, "_connections", lambda _job_id: before)
    replay_steps.run(job=job)
    drain_all(program)

    assert braze.taken() == [newer.event_id, event.event_id]
    assert tally(connection) == (2, 2, 0, 0, 0, 0)


def test_markers_queued_late_for_an_earlier_epoch_are_taken_back(program, connection, braze):
    found = resyncs.start(connection=connection, total=1)
    name_by_user(program, braze)
    send(program, *events_of_one_user(1))
    drain_all(program)

    resyncs.queue(resync=found, connection=connection, step=Step([("a-1", lane_number("a-1"))], "a-1"))
    drain_all(program)

    assert not Delivery.objects.exists()
    assert not Lane.objects.exclude(due_at=None).exists()
    assert set(Lane.objects.values_list("markers", flat=True)) == {0}


def test_worker_that_wakes_between_two_chunks_is_told_that_its_lease_is_lost(program, connection, braze, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 3)
    send(program, *[balance_event(f"a-{n}", user_id="u-1", member_role="OWNER") for n in (1, 1, 1, 1, 2, 2)])
    late, mover = sorted(claim_due(limit=2).lanes, key=lambda lane: lane.id != lane_id_of("a-1"))
    units = read_next(late, limit=10)
    changed = name_by_user(program, braze)

    moving.move_on(mover, changed)

    with pytest.raises(LeaseLost):
        outcomes.store_verdicts(late, connection, Verdicts([Ending(units[-1], State.DELIVERED)]), Learned("t"), None)
    assert tally(connection) == (6, 0, 0, 0, 6, 0)
    assert Delivery.objects.count() == 6


def lane_id_of(account_id):
    return Lane.objects.get(number=lane_number(account_id), epoch=1).pk
