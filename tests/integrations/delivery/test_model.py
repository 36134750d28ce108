"""Delivery against a model of its promises 1 to 4: whatever happens in whatever order, no event is lost, doubled
without a mark, or overtaken. MODEL_EXAMPLES=500 looks longer."""

import os
from collections import Counter

import pytest
from django.db import connection as database
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from integrations.connections.models import Connection
from integrations.delivery import replay, replay_steps
from integrations.delivery.claiming import claim_due
from integrations.delivery.lanes import LeaseLost
from integrations.delivery.models import Delivery, DeliveryOutcome, State, StoredEvent
from integrations.delivery.replay import Selection
from integrations.delivery.sending import drain_lane
from selfservice.audit.services import Actor
from tests.factories.connection import connect_braze, save_braze
from tests.factories.engine import ProgramFactory
from tests.factories.events import balance_event
from tests.integrations.delivery.scripted_braze import ANSWERS, BAD, ScriptedBraze
from tests.integrations.delivery.sending import in_thread, send, tally

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "25"))
IS_BOUNDED = "MODEL_EXAMPLES" not in os.environ
STEPS = 15
ACCOUNTS = ("a-1", "a-2", "a-3")
EVENTS = st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=6)


class Promises(RuleBasedStateMachine):
    """One program with one connection. `accepted` are its events in the order of acceptance."""

    braze: ScriptedBraze

    @initialize()
    def connect(self):
        self.program = ProgramFactory()
        self.braze.__dict__.update(received=[], refused=set(), requests=0, ambiguous_events=0)
        self.braze.script.clear()
        self.braze.when_taken_over = self.abandon
        self.fields = {"apiKey": f"model-{self.program.pk:012}", "apiEndpoint": f"http://{self.braze.host_port}"}
        self.connection = connect_braze(self.program, **self.fields)
        self.accepted = []
        self.replayed = set()

    @rule(accounts=EVENTS, bad=st.integers(0, 12))
    def accept(self, accounts, bad):
        data = {"points": 5, "lockedPoints": 0, "statusPoints": 0}
        events = [
            balance_event(
                account,
                user_id=f"u-{account}",
                member_role="OWNER",
                data=data | ({"reason": BAD} if place == bad else {}),
            )
            for place, account in enumerate(accounts)
        ]
        assert send(self.program, *events).accepted == len(events)
        self.accepted += events

    @precondition(lambda self: self.accepted)
    @rule(draw=st.data())
    def accept_again(self, draw):
        again = draw.draw(st.lists(st.sampled_from(self.accepted), min_size=1, max_size=3))
        assert send(self.program, *again).accepted == 0

    @rule(accounts=EVENTS, bad=st.integers(0, 12), answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4))
    def deliver(self, accounts, bad, answers):
        """Waits, stops and pauses end before each answer, or little would ever be sent."""
        self.accept(accounts, bad)
        for answer in answers:
            self.end_all_waits()
            self.drain([answer])

    @rule(answers=st.lists(st.sampled_from(ANSWERS), max_size=4))
    def drain(self, answers):
        connection = Connection.objects.get(pk=self.connection.pk)
        before = self.braze.requests
        self.braze.script.extend(answers)
        self.take_turn()
        self.braze.script.clear()
        if connection.paused_at or connection.stopped_at:
            assert self.braze.requests == before

    @rule()
    def abandon(self):
        """A worker claims what is due and dies; or it takes over what another one is about to finish."""
        in_thread(_take_over, self.program.pk)

    @rule()
    def expire_leases(self):
        _execute("UPDATE lane SET lease_until = now() - interval '1 second' WHERE program_id = %s", self.program.pk)

    @rule()
    def wait(self):
        _execute("UPDATE lane SET due_at = now() WHERE due_at IS NOT NULL AND program_id = %s", self.program.pk)
        Connection.objects.filter(pk=self.connection.pk).update(parked_until=None)

    @rule()
    def pause(self):
        _execute("UPDATE connections_connection SET paused_at = now() WHERE id = %s", self.connection.pk)

    @rule()
    def resume(self):
        Connection.objects.filter(pk=self.connection.pk).update(paused_at=None)

    @rule()
    def mend(self):
        save_braze(self.program, **self.fields)

    @rule()
    def name_profiles_otherwise(self):
        """Each account has one user, so a profile is the same under both names."""
        self.fields["identifierValue"] = "account_id" if self.fields.get("identifierValue") == "user_id" else "user_id"
        self.mend()

    @rule(draw=st.data())
    def replay(self, draw):
        """Sent again is behind what was accepted before, so the replayed event has a new place in the order."""
        states = draw.draw(st.sampled_from([("dead",), ("dead", "delivered")]))
        job = replay.begin(
            program=self.program,
            selection=Selection(states=tuple(map(State, states))),
            actor=Actor(name="someone"),
        )
        stored = StoredEvent.objects.filter(id__in=job.units.values("stored_event_id"))
        self.replayed |= set(stored.values_list("event_id", flat=True))
        replay_steps.run(job=job)

    @invariant()
    def every_event_is_in_one_counted_state(self):
        accepted, _delivered, _dead, _filtered, waiting, _twice = tally(self.connection)
        units = Counter(Delivery.objects.filter(lane__program=self.program).values_list("event__event_id", flat=True))
        ended = Counter(self.outcomes().filter(replayed_at=None).values_list("event_id", flat=True))

        assert accepted == len(self.accepted)
        assert waiting == units.total()
        assert units + ended == Counter(event.event_id for event in self.accepted)

    @invariant()
    def what_is_called_delivered_has_arrived(self):
        arrived = {received.event_id for received in self.braze.received}

        assert set(self.outcomes().filter(state="delivered").values_list("event_id", flat=True)) <= arrived
        assert arrived <= {event.event_id for event in self.accepted}

    @invariant()
    def nothing_is_overtaken(self):
        places = {event.event_id: place for place, event in enumerate(self.accepted)}
        for account in ACCOUNTS:
            names = {account, f"u-{account}"}
            arrived = dict.fromkeys(got.event_id for got in self.braze.received if got.account in names)
            order = [places[event_id] for event_id in arrived if event_id not in self.replayed]
            assert order == sorted(order)

    @invariant()
    def second_copies_are_marked(self):
        copies = Counter(received.event_id for received in self.braze.received)
        waiting = Delivery.objects.filter(lane__program=self.program, is_maybe_twice=True)
        marked = set(waiting.values_list("event__event_id", flat=True))
        marked |= set(self.outcomes().filter(is_maybe_twice=True).values_list("event_id", flat=True))

        assert {event_id for event_id, number in copies.items() if number > 1} <= marked
        assert len(marked - self.replayed) <= self.braze.ambiguous_events

    @invariant()
    def only_the_bad_die(self):
        bad = {event.event_id for event in self.accepted if event.data.get("reason") == BAD}
        dead = set(self.outcomes().filter(state="dead").values_list("event_id", flat=True))

        assert dead <= bad | self.braze.refused | self.refused_alone

    def teardown(self):
        """Once all is mended, everything ends."""
        if not hasattr(self, "program"):
            return
        self.braze.script.clear()
        for _ in range(len(self.accepted) + 200):
            self.end_all_waits()
            if not self.take_turn():
                break
        assert tally(self.connection)[4] == 0
        self.every_event_is_in_one_counted_state()
        self.what_is_called_delivered_has_arrived()
        self.nothing_is_overtaken()
        self.second_copies_are_marked()
        self.only_the_bad_die()

    def end_all_waits(self):
        self.resume()
        self.mend()
        self.expire_leases()
        self.wait()

    @property
    def refused_alone(self):
        """A request of one event that is refused as a whole is how a bad event shows itself."""
        rows = self.outcomes().filter(state="dead", reason__contains="Invalid request")
        return set(rows.values_list("event_id", flat=True))

    def outcomes(self):
        return DeliveryOutcome.objects.filter(program_id=self.program.pk)

    def take_turn(self):
        """Whether there was a lane to drain."""
        lanes = claim_due(limit=1, program_id=self.program.pk).lanes
        for lane in lanes:
            try:
                in_thread(drain_lane, lane)
            except LeaseLost:
                continue
        return bool(lanes)


def test_promises_hold_whatever_happens(settings_of_products):
    braze = ScriptedBraze()
    settings_of_products.OUTBOUND_ALLOW = frozenset({braze.host_port})
    Promises.braze = braze
    try:
        run_state_machine_as_test(
            Promises,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=IS_BOUNDED,
                # Looking for the shortest way to a failure takes many times as long as finding one.
                phases=[Phase.generate] if IS_BOUNDED else list(Phase),
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        braze.close()


@pytest.fixture
def settings_of_products(request):
    """pytest-django's own, under a name that hypothesis does not use."""
    return request.getfixturevalue("settings")


def _take_over(program_id):
    _execute("UPDATE lane SET lease_until = now() - interval '1 second' WHERE program_id = %s", program_id)
    claim_due(limit=16, program_id=program_id)


def _execute(statement, *parameters):
    with database.cursor() as cursor:
        cursor.execute(statement, parameters)
