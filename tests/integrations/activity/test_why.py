"""The sentence that answers "why did it not arrive?", branch by branch."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.activity.why import Fate, Standing, Told, Way, why
from integrations.braze.spec import SPEC
from integrations.frame.causes import explained, failure

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
BRAZE = Way("Braze", "active")


def answer(told=None, *, way=BRAZE, standing=Standing.KNOWN):
    return why(account_id="a-1", standing=standing, way=way, told=told, now=NOW)


def told(fate, reason=None, **fields):
    words = {} if reason is None else {"words": explained(spec=SPEC, reason=reason)}
    return Told("BALANCE_CHANGED", fate, **words, **fields)


def test_member_whom_nobody_knows():
    found = answer(standing=Standing.UNKNOWN)

    assert found.sentence.startswith("The program has no member with the account ID “a-1”")
    assert "not a mail address" in found.advice
    assert found.tone == "bad"


def test_member_about_whom_the_platform_could_not_be_asked():
    assert "could not be asked" in answer(standing=Standing.NOT_TOLD).sentence


def test_member_to_whom_nothing_has_happened():
    assert answer().sentence.startswith("Nothing has happened for this member")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("", "Braze is not connected yet"),
        ("incomplete", "the connection to Braze is incomplete"),
        ("stopped", "Braze refuses our calls: The key is not valid."),
        ("paused", "the connection is paused"),
    ],
)
@pytest.mark.parametrize("event", [None, told(Fate.WAITING, is_under_way=True)])
def test_what_keeps_everything_back_comes_first(status, words, event):
    found = answer(event, way=Way("Braze", status, "The key is not valid."))

    assert words in found.sentence
    assert found.leads_to == "connection"


def test_delivered_tells_the_answer_and_how_to_check_the_identifier():
    found = answer(told(Fate.DELIVERED, at=LATER, profile="m-77", status=201))

    assert found.sentence == "It arrived: Braze took BALANCE_CHANGED and answered 201 at"
    assert found.moment == LATER
    assert "we sent it for “m-77”" in found.advice
    assert "check the identifier type" in found.advice
    assert found.tone == "good"


def test_delivered_without_some_values():
    found = answer(told(Fate.DELIVERED, at=LATER, status=201, is_altered=True))

    assert found.advice.startswith("Values that Braze does not take were left out or repaired")
    assert found.tone == "warn"


def test_delivered_perhaps_twice():
    found = answer(told(Fate.DELIVERED, at=LATER, status=201, is_maybe_twice=True))

    assert found.advice.startswith("It may have arrived twice")
    assert found.tone == "warn"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("too_large", "larger than what may be sent"),
        ("mapping_failed", "Our mapping could make nothing of the event."),
        ("expired", "The event waited until its time was over"),
        ("expired: no_answer", "The last answer: No answer came in time."),
        ("expired: user ada@example.org", "The last answer: user a•••"),
        ("EXTERNAL_USER_ID_TOO_LARGE", "Identifier too long. The member's identifier has more than 987 bytes"),
        ("user ada@example.org is odd", "user a••• is odd. Braze refused the event with these words"),
        ("", "Without a reason."),
    ],
)
def test_dead_tells_the_reason_in_words(reason, words):
    found = answer(told(Fate.DEAD, reason=reason))

    assert found.sentence.startswith("BALANCE_CHANGED did not arrive at Braze. ")
    assert words in found.sentence
    assert found.advice
    assert (found.tone, found.leads_to) == ("bad", "dead")


@pytest.mark.parametrize(
    ("reason", "words", "leads_to"),
    [
        ("no_connection", "No connection was complete", "connection"),
        ("not_selected", "Neither the event nor anything that it tells was chosen", "mapping"),
        ("unknown_type", "no mapping for events of this type", ""),
        ("no_account", "a user who had no account", ""),
        ("no_identifier", "no value for the identifier", "connection"),
        ("identifier_too_long", "longer than the other side takes", "connection"),
        ("unchanged", "knew all that the event tells already", ""),
    ],
)
def test_filtered_tells_the_reason_in_words(reason, words, leads_to):
    found = answer(told(Fate.FILTERED, reason=reason))

    assert found.sentence.startswith("BALANCE_CHANGED was not sent to Braze. ")
    assert words in found.sentence
    assert found.leads_to == leads_to


def test_held_until_there_is_an_account():
    assert "no account in this program yet" in answer(told(Fate.HELD)).sentence


def test_event_of_which_nothing_became_here():
    assert "before the connection was made" in answer(told(Fate.ELSEWHERE)).sentence


def test_waiting_because_the_other_side_asked():
    way = Way("Braze", "active", parked_until=LATER, is_wait_stated=True)

    found = answer(told(Fate.WAITING), way=way)

    assert found.sentence == "BALANCE_CHANGED waits: Braze asked us to wait until"
    assert found.moment == LATER


def test_waiting_because_the_other_side_is_away():
    way = Way("Braze", "active", parked_until=LATER)

    found = answer(told(Fate.WAITING, failures=6, last_error="No answer came in time."), way=way)

    assert "has not answered, and is tried again at" in found.sentence
    assert found.advice == "No answer came in time. Nothing is lost and nothing needs to be done."


def test_waiting_for_what_a_person_has_to_put_right():
    way = Way("Braze", "active", parked_until=LATER)
    fault = failure(spec=SPEC, reason="host_unknown")

    found = answer(told(Fate.WAITING, failures=6, last_error=fault, needs_somebody=True), way=way)

    assert found.advice.startswith("There is no such host. Check the REST endpoint")
    assert "nothing needs to be done" not in found.advice
    assert (found.tone, found.leads_to, found.moment) == ("bad", "connection", LATER)


def test_waiting_for_a_worker():
    found = answer(told(Fate.WAITING, failures=1, due_at=LATER), way=Way("Braze", "active", is_unattended=True))

    assert "no worker is running" in found.sentence
    assert found.advice.startswith("Tell whoever runs this installation.")


def test_waiting_no_longer_parked_but_to_be_repeated():
    way = Way("Braze", "active", parked_until=NOW - timedelta(seconds=1))

    found = answer(told(Fate.WAITING, failures=1, due_at=LATER), way=way)

    assert found.sentence.endswith("the last request failed, and is repeated at")
    assert found.moment == LATER


def test_waiting_to_be_repeated_at_once():
    found = answer(told(Fate.WAITING, failures=1, due_at=NOW))

    assert found.sentence.endswith("is about to be repeated.")
    assert found.moment is None


def test_waiting_and_on_its_way():
    assert "right now" in answer(told(Fate.WAITING, is_under_way=True)).sentence


def test_waiting_for_its_turn():
    assert "waits for its turn" in answer(told(Fate.WAITING)).sentence
