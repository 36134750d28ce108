"""The chip: one word, one sentence, one button for each state."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.connections.services import pause, stop
from integrations.delivery import replay, replay_steps
from integrations.delivery.models import State
from integrations.delivery.replay import Selection
from integrations.frame.health import Lately, lately_of
from integrations.frame.state import state_of
from integrations.registry import spec_for
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR, connect_braze
from tests.factories.events import REFUSAL, balance_event, refused_event
from tests.integrations.delivery.sending import deliver, send
from tests.integrations.recovery.test_undelivered import fail

pytestmark = pytest.mark.django_db


def shown(connection, lately=None):
    connection = Connection.objects.select_related("program").get(pk=connection.pk)
    return state_of(spec=connection.spec, connection=connection, lately=lately)


def changed(program, **fields):
    connection = connect_braze(program)
    Connection.objects.filter(pk=connection.pk).update(**{"proven_generation": F("generation")} | fields)
    return shown(connection)


def in_tokyo(program):
    program.timezone = "Asia/Tokyo"
    program.save()
    return program


def test_state_without_a_connection():
    found = state_of(spec=spec_for("braze"), connection=None)

    assert (found.label, found.action, found.is_urgent) == ("Not connected", "Connect Braze", True)


def test_state_of_one_that_nobody_has_tried(program):
    found = shown(connect_braze(program))

    assert (found.label, found.tone, found.is_urgent) == ("Checking", "calm", False)


def test_state_of_one_whose_test_was_good(program):
    assert (
        changed(program, proven_generation=0, tested_generation=F("generation"), test_reason="ok").label == "Streaming"
    )


def test_state_of_one_whose_test_failed_says_what_to_do(program):
    found = changed(program, proven_generation=0, tested_generation=F("generation"), test_reason="host_unknown")

    assert (found.label, found.tone, found.anchor, found.action) == (
        "Degraded",
        "warn",
        "#id_apiEndpoint",
        "Put it right",
    )
    assert "There is no such host." in found.sentence


def test_state_of_one_whose_test_failed_without_fault_of_ours(program):
    found = changed(program, proven_generation=0, tested_generation=F("generation"), test_reason="server_error")

    assert (found.action, found.anchor, found.at_least) == ("Test the connection", "#test", Role.EDITOR)


def test_state_while_requests_fail(program):
    later = timezone.now() + timedelta(minutes=1)
    found = changed(in_tokyo(program), failures=6, parked_until=later)

    assert (found.label, found.at_least) == ("Retrying", Role.EDITOR)
    assert "6 requests in a row to Braze have failed." in found.sentence
    # In the program's zone, as the lists below say it.
    at = later.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"The next try is at {at:%-d %b, %H:%M:%S}." in found.sentence


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("host_unknown", "There is no such host. Check the REST endpoint for typing errors."),
        ("unreachable", "No connection could be made, or it broke off."),
        ("status_503", "The other side failed with status 503"),
    ],
)
def test_state_while_requests_fail_says_why(program, reason, words):
    assert f"has failed. {words}" in changed(program, failures=1, failure_reason=reason).sentence


def test_state_while_nobody_sends_what_waits(program):
    since = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)

    found = shown(connect_braze(in_tokyo(program)), Lately(unattended_since=since))

    assert (found.label, found.tone) == ("Standing still", "bad")
    assert found.sentence.startswith("Events wait since 2 Mar, 17:15:00: no worker is running.")


def test_state_while_braze_asks_to_wait(program):
    found = changed(program, parked_until=timezone.now() + timedelta(minutes=1), is_wait_stated=True)

    assert (found.label, found.is_urgent) == ("Degraded", False)
    assert "Braze has asked us to wait until" in found.sentence


def test_state_of_a_paused_and_of_a_stopped_one(program):
    connection = connect_braze(program)
    pause(connection=connection, actor=ACTOR)
    assert (shown(connection).label, shown(connection).action) == ("Paused", "Resume")

    stop(connection=connection, reason="key_refused")

    assert (shown(connection).label, shown(connection).tone) == ("Stopped", "bad")
    assert shown(connection).sentence.startswith(
        "Braze refuses our calls: The key is not valid, or not valid any more."
    )
    assert shown(connection).anchor == "#id_apiKey"


@pytest.mark.parametrize(
    ("lately", "label", "words"),
    [
        (Lately(99_000, 5), "Streaming", "as they happen"),
        (Lately(99, 1), "Degraded", "Braze refused 1 event within 24 hours; the others arrive."),
        (Lately(10, 12_345), "Degraded", "Braze refused 12,345 events within 24 hours; the others arrive."),
        (Lately(0, 2), "Degraded", "Braze refused every event within 24 hours, 2 so far."),
    ],
)
def test_state_while_events_are_refused(program, lately, label, words):
    connection = connect_braze(program)
    Connection.objects.update(proven_generation=F("generation"))

    found = shown(connection, lately)

    assert found.label == label
    assert words in found.sentence


@pytest.mark.django_db(transaction=True)
def test_lately_counts_what_braze_refused(program, connection, braze):
    braze.fault(**REFUSAL)
    send(program, balance_event(), refused_event("a-2"))
    deliver(program)

    assert lately_of(connection=connection, now=timezone.now()) == Lately(delivered=1, failed=1)


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_again_is_no_alarm_any_more(program, connection, braze):
    fail(program, braze, refused_event("a-1"), refused_event("a-2"), refused_event("a-3"))
    now = timezone.now()
    ailing = shown(connection, lately_of(connection=connection, now=now))

    replay_steps.run(job=replay.begin(program=program, selection=Selection(states=(State.DEAD,)), actor=ACTOR))
    meanwhile = lately_of(connection=connection, now=now)
    deliver(program)

    assert (ailing.label, ailing.view) == ("Degraded", "recovery:dead_letters")
    assert meanwhile == Lately(delivered=0, failed=0)
    assert shown(connection, lately_of(connection=connection, now=now)).label == "Streaming"
