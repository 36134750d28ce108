"""What the caller and the call log are told when a remote platform leaves open whether it has acted."""

import time

import pytest

from integrations.calls.models import ApiCall
from integrations.inbound.models import KnownCall
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory
from tests.integrations.calling import Caller
from tests.loyalty_api.client import remote
from tests.loyalty_api.client.http import faulty
from tests.loyalty_api.client.http.faulty import Reply

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
LINES = "/accounts/a-1/bookings"
CUT = Reply(reset=True)
WITHOUT_REFERENCES = Reply(
    [{"bookingId": "b-1", "bookingType": "EARNBOOKING", "points": 25, "bookingTime": "2126-03-01T10:00:01Z"}]
)


@pytest.fixture
def platform(settings):
    with faulty.running() as found:
        remote.allow(settings, found.url)
        found.lay_out("/auth/login", Reply(b"token-1", headers={"Content-Type": "text/plain"}))
        found.lay_out("/accounts/a-1", Reply({"id": "a-1", "program": "club", "status": "ACTIVE"}))
        yield found


@pytest.fixture
def caller(platform):
    program = ProgramFactory(code="club")
    remote.platform_row(program, platform.url).save()
    return Caller(program, key_for(program))


@pytest.fixture
def book(caller):
    body = {"booking_type": "EARNBOOKING", "booking_type_code": "BDAY", "points": "25", "dispatch_id": "d-1"}
    return lambda: caller.post("members/a-1/bookings", body)


def logged():
    return list(ApiCall.objects.filter(kind="braze").order_by("id").values_list("status", "error"))


def writes(platform):
    return [seen.method for seen in platform.calls(LINES)].count("POST")


def test_undecidable_outcome_is_502_writes_nothing_and_stays_unknown(book, platform):
    platform.lay_out(LINES, CUT, WITHOUT_REFERENCES)

    answers = [book(), book(), book()]

    assert [answer.status_code for answer in answers] == [502, 502, 502]
    assert [answer.json()["error"] for answer in answers] == ["platform_failed", "outcome_unknown", "outcome_unknown"]
    assert logged() == [(502, "outcome_unknown")] * 3
    assert writes(platform) == 1
    assert KnownCall.objects.get().may_have_acted


def test_unknown_outcome_is_not_forgotten_when_the_next_try_does_not_get_through(book, platform):
    platform.lay_out(LINES, CUT, Reply(b"", 503))
    book()
    remote.forget_everything()
    platform.lay_out("/accounts/a-1", Reply(b"", 503))
    book()
    platform.lay_out("/accounts/a-1", Reply({"id": "a-1", "program": "club", "status": "ACTIVE"}))
    platform.lay_out(LINES, WITHOUT_REFERENCES)

    assert book().json()["error"] == "outcome_unknown"
    assert writes(platform) == 1


@pytest.mark.parametrize("reply", [Reply({}), Reply(b"<html>"), Reply(b"", 204), Reply(b"", 302)])
def test_answer_that_names_no_booking_is_no_final_one(book, platform, reply):
    platform.lay_out(LINES, reply, Reply([]), Reply([]), Reply({"bookingId": "b-2"}, 201))

    first, second = book(), book()

    assert (first.status_code, first.json()["error"]) == (502, "outcome_unknown")
    assert second.json() == {"bookingId": "b-2"}
    assert [seen.method for seen in platform.calls(LINES)] == ["POST", "GET", "GET", "POST"]


def test_refused_without_acting_is_simply_tried_again(book, platform):
    platform.lay_out(LINES, Reply(b"", 429), Reply({"bookingId": "b-2"}, 201))

    first, second = book(), book()

    assert (first.status_code, second.json()) == (502, {"bookingId": "b-2"})
    assert [seen.method for seen in platform.calls(LINES)] == ["POST", "POST"]
    assert logged() == [(502, "platform_failed"), (200, "")]


def test_final_answer_is_kept_although_the_platform_forgets(book, platform):
    platform.lay_out(LINES, Reply({"bookingId": "b-2"}, 201), Reply(b"", 500))

    first, second = book(), book()

    assert (second.status_code, second.content) == (200, first.content)
    assert (second["Idempotent-Replayed"], first.get("Idempotent-Replayed")) == ("true", None)
    assert writes(platform) == 1


def test_refusal_of_the_platform_is_final(book, platform):
    platform.lay_out(LINES, Reply({"code": "INSUFFICIENT_POINTS"}, 400), Reply({"bookingId": "b-2"}, 201))

    first, second = book(), book()

    assert (second.status_code, second.content) == (400, first.content)
    assert writes(platform) == 1


def test_opt_ins_of_many_memberships_end_within_one_time(caller, platform, settings):
    """None is under way any more when the turn is somebody else's."""
    settings.LOYALTY_CALL_SECONDS = 1.0
    program = caller.program
    program.optins = ["newsletter"]
    program.save()
    members = [{"membershipId": f"m-{n}", "id": f"m-{n}", "memberRole": "OWNER", "optins": []} for n in range(4)]
    platform.lay_out("/accounts/a-1/memberships", Reply(members))
    for member in members:
        platform.lay_out(f"/accounts/a-1/memberships/{member['id']}/optins", Reply({}, delay=0.6))
        platform.lay_out(f"/accounts/a-1/memberships/{member['id']}", Reply(member))
    begun = time.monotonic()

    answer = caller.post("subscriptions/email", {"account_id": "a-1", "status": "allowed", "optins": ["newsletter"]})

    assert time.monotonic() - begun < 1.8
    assert answer.status_code == 207, answer.content
    assert [entry["membership_id"] for entry in answer.json()["succeeded"]] == ["m-0"]
    assert [entry["error"] for entry in answer.json()["failed"]] == ["platform_failed"] * 3
