"""Sending again: what is chosen, where it goes, what is marked, and that the ledger adds up at every moment."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.delivery import replay, replay_steps
from integrations.delivery.models import Delivery, DeliveryOutcome, Lane, ReplayJob, ReplayState, ReplayUnit, State
from integrations.delivery.replay import ReplayUnderWay, Selection
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor
from tests.factories.connection import connect_braze
from tests.factories.events import REFUSAL, balance_event, canonical_event, refused_event
from tests.integrations.delivery.sending import deliver, in_threads, outcomes, send, tally

pytestmark = pytest.mark.django_db(transaction=True)
SOMEBODY = Actor(name="someone")
EVERYTHING = Selection(states=tuple(State))


def begin(program, selection=EVERYTHING):
    return replay.begin(program=program, selection=selection, actor=SOMEBODY)


def again(program, selection=EVERYTHING):
    return replay_steps.run(job=begin(program, selection))


def kill(program, braze, *events):
    """Sends events that are refused, and then Braze takes everything again. It has taken something before, too, so that
    nobody holds the connection for misconfigured."""
    Connection.objects.filter(program=program).update(proven_generation=F("generation"))
    braze.fault(**REFUSAL)
    send(program, *events)
    deliver(program)
    braze.control(clear=True)


def balance(points, **changes):
    return balance_event("a-1", data={"points": points, "lockedPoints": 0, "statusPoints": 0}, **changes)


def test_dead_units_are_sent_again_in_the_order_of_acceptance(program, connection, braze):
    events = [refused_event("a-1") for _ in range(5)]
    kill(program, braze, balance_event("a-1"), *events)

    job = again(program, Selection())
    waiting = tally(connection)
    deliver(program)

    assert (job.state, job.total, job.put_back) == ("done", 5, 5)
    assert waiting == (6, 1, 0, 0, 5, 0)
    assert braze.taken()[1:] == [event.event_id for event in events]
    assert tally(connection) == (6, 6, 0, 0, 0, 0)
    assert not ReplayUnit.objects.exists()


def test_plan_counts_without_a_change(program, connection, braze):
    kill(program, braze, balance_event("a-1"), refused_event("a-1"), balance_event("a-1", type="WEATHER_CHANGED"))

    plan = replay.plan(program=program, selection=EVERYTHING)

    assert plan.states == {"delivered": 1, "dead": 1, "filtered": 1}
    assert (plan.units, plan.maybe_twice, plan.gone, plan.connections) == (3, 1, 0, {"braze": 3})
    assert tally(connection) == (3, 1, 1, 1, 0, 0)


def test_delivered_units_are_marked_and_others_not(program, connection, braze):
    event = balance_event("a-1")
    kill(program, braze, event, refused_event("a-1"))

    again(program)
    deliver(program)

    assert braze.taken().count(event.event_id) == 2
    assert tally(connection) == (2, 2, 0, 0, 0, 1)


def test_mark_is_counted_once_per_unit(program, connection, braze):
    send(program, balance_event("a-1"))
    deliver(program)

    for _ in range(3):
        again(program)
        deliver(program)

    assert tally(connection) == (1, 1, 0, 0, 0, 1)


def test_only_refused_objects_are_sent_again(program, connection, braze):
    event = balance(5)
    braze.fault(item_errors={"input_array": "events", "index": 0, "type": "bad event"})
    send(program, event)
    deliver(program)

    again(program, Selection())
    deliver(program)

    arrays = [[item["array"] for item in entry["objects"]] for entry in braze.journal()]
    assert arrays == [["attributes", "events"], ["events"]]
    assert outcomes_in_order() == [("dead", True), ("delivered", False)]


def outcomes_in_order():
    return [(row.state, row.replayed_at is not None) for row in DeliveryOutcome.objects.order_by("id")]


def test_history_stays_and_is_not_replayed_twice(program, connection, braze):
    kill(program, braze, refused_event("a-1"))

    first = again(program, Selection())
    second = again(program, Selection())
    deliver(program)
    third = again(program, Selection())

    assert [job.total for job in (first, second, third)] == [1, 0, 0]
    assert tally(connection) == (1, 1, 0, 0, 0, 0)


def test_old_attributes_do_not_overwrite_newer_ones(program, connection, braze):
    old = balance(5)
    send(program, old)
    deliver(program)
    send(program, balance(9))
    deliver(program)

    again(program, Selection(states=(State.DELIVERED,), until=_accepted_at(old) + timedelta(microseconds=1)))
    deliver(program)

    assert braze.taken().count(old.event_id) == 2
    assert braze.profile("a-1")["attributes"]["convercus_balance"]["points"] == 9


def _accepted_at(event):
    return DeliveryOutcome.objects.get(event_id=event.event_id).at


def test_old_attributes_behind_newer_ones_in_one_request_are_left_out(program, connection, braze):
    old = refused_event("a-1")
    braze.fault(status=400, body={"message": "no"})
    send(program, balance(5))
    deliver(program)
    send(program, old, balance(9))

    again(program, Selection())
    deliver(program)

    assert len(braze.journal()) == 2
    assert braze.profile("a-1")["attributes"]["convercus_balance"]["points"] == 9
    assert tally(connection) == (3, 3, 0, 0, 0, 0)


def test_unit_goes_to_the_lane_of_its_profile_today(program, connection, braze):
    # Braze knows the members by another identifier from now on.
    kill(program, braze, *[refused_event(f"a-{number}") for number in range(6)])
    connect_braze(program, apiKey=braze.key, apiEndpoint=braze.url, identifierValue="user_id")

    again(program, Selection())

    connection.refresh_from_db()
    assert {unit.lane.epoch for unit in Delivery.objects.select_related("lane")} == {connection.lane_epoch} != {1}
    for lane in Lane.objects.filter(connection=connection):
        waiting = lane.accepted - lane.delivered - lane.dead - lane.filtered
        assert waiting == lane.deliveries.count()
    deliver(program)
    assert tally(connection) == (6, 6, 0, 0, 0, 0)


def test_filters_choose_type_member_and_time(program, connection, braze):
    events = [balance_event("a-1"), balance_event("b-2"), canonical_event("COUPON_ASSIGNED", account_id="a-1")]
    send(program, *events)
    deliver(program)
    now = timezone.now()

    def units(**fields):
        return replay.plan(program=program, selection=Selection(states=tuple(State), **fields)).units

    assert units(types=("BALANCE_CHANGED",)) == 2
    assert units(account_id="a-1") == 2
    assert (units(since=now), units(until=now)) == (0, 3)
    assert units(types=("BALANCE_CHANGED",), account_id="a-1", until=now) == 1


def test_events_past_retention_are_reported(program, connection, braze):
    kill(program, braze, refused_event("a-1"), refused_event("a-2"))
    DeliveryOutcome.objects.filter(account_id="a-2").update(stored_event_id=0)

    plan = replay.plan(program=program, selection=Selection())
    job = again(program, Selection())

    assert (plan.units, plan.gone, job.total) == (1, 1, 1)


def test_event_that_vanishes_after_the_choice_is_counted_as_gone(program, connection, braze):
    kill(program, braze, refused_event("a-1"), refused_event("a-2"))
    job = begin(program, Selection())
    ReplayUnit.objects.filter(place=1).update(stored_event_id=0)

    done = replay_steps.run(job=job)

    assert (done.done, done.gone, done.put_back) == (2, 1, 1)
    assert tally(connection) == (2, 0, 1, 0, 1, 0)


def test_killed_job_is_taken_up_where_it_ended(program, connection, braze):
    events = [refused_event("a-1") for _ in range(7)]
    kill(program, braze, *events)
    job = begin(program, Selection())
    replay_steps.advance(job_id=job.pk, limit=3)

    replay_steps.run_all(seconds=5)
    deliver(program)

    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 7)
    assert braze.taken() == [event.event_id for event in events]


def test_pause_holds_and_cancel_leaves_the_rest_as_it_ended(program, connection, braze):
    kill(program, braze, *[refused_event("a-1") for _ in range(5)])
    job = begin(program, Selection())
    replay_steps.advance(job_id=job.pk, limit=2)

    assert replay.pause(job=job, actor=SOMEBODY)
    replay_steps.run_all(seconds=1)
    held = tally(connection)
    assert replay.go_on(job=job, actor=SOMEBODY)
    replay_steps.advance(job_id=job.pk, limit=1)
    assert replay.cancel(job=job, actor=SOMEBODY)
    replay_steps.run(job=job)

    assert (held, tally(connection)) == ((5, 0, 3, 0, 2, 0), (5, 0, 2, 0, 3, 0))
    assert not replay.pause(job=job, actor=SOMEBODY)
    actions = AuditEntry.objects.filter(action__startswith="replay").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["replay.begun", "replay.paused", "replay.running", "replay.cancelled"]
    assert again(program, Selection()).put_back == 2


def test_second_replay_of_a_program_is_refused_while_one_is_open(program, connection, braze):
    kill(program, braze, refused_event("a-1"))
    begin(program, Selection())

    with pytest.raises(ReplayUnderWay):
        begin(program)

    assert ReplayJob.objects.get().state == ReplayState.RUNNING


def test_two_processes_share_a_job_and_move_each_unit_once(program, connection, braze, monkeypatch):
    monkeypatch.setattr(replay_steps, "CHUNK", 5)
    events = [refused_event(f"a-{number % 7}") for number in range(60)]
    kill(program, braze, *events)
    job = begin(program, Selection())

    in_threads([lambda: replay_steps.run(job=job)] * 3)
    deliver(program)

    assert sorted(braze.taken()) == sorted(event.event_id for event in events)
    assert tally(connection) == (60, 60, 0, 0, 0, 0)


def test_time_to_live_begins_anew(program, connection, braze):
    kill(program, braze, refused_event("a-1"))

    again(program, Selection())

    assert timezone.now() - Delivery.objects.get().since < timedelta(minutes=1)
    assert outcomes(program)
