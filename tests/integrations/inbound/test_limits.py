"""How much a program and a key may ask for, and what Braze is spared."""

import pytest
import redis
from django.conf import settings as configured

from integrations.calls.models import ApiCall
from integrations.inbound import limits
from integrations.inbound.errors import BREAKER_SPARED
from selfservice.processes.ports import free_port
from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.factories.events import wire_event
from tests.integrations.calling import Caller

pytestmark = pytest.mark.django_db
BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}


@pytest.fixture
def other():
    program = ProgramFactory()
    return Caller(program, key_for(program))


@pytest.fixture
def without_redis(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port('127.0.0.1', preferred=6991)}/0"


@pytest.fixture
def minutes(monkeypatch):
    """In the place of seconds, for a machine on which a call may take one."""
    monkeypatch.setattr(limits, "SLOT_SECONDS", 30.0)
    monkeypatch.setattr(limits, "_limits", {})


@pytest.fixture
def few(settings, minutes):
    settings.PROGRAM_CALLS_PER_SECOND = 3.0


def statuses(caller, *, times=6, key=None):
    return [caller.post("members/a-1/bookings", BOOKING, key=key).status_code for _ in range(times)]


def test_default_is_the_contracts():
    assert configured.PROGRAM_CALLS_PER_SECOND == 200


def test_webhook_over_the_programs_limit_is_429_with_a_wait(few, caller):
    assert statuses(caller) == [400] * 3 + [429] * 3
    answer = caller.post("members/a-1/bookings", BOOKING)
    assert (answer["Retry-After"], answer.json()["error"]) == ("1", "too_many_requests")
    assert set(answer.json()) == {"error", "message", "fields", "request_id"}


def test_call_over_the_limit_changes_nothing(few, caller):
    account = AccountFactory(program=caller.program, points=0)

    found = [caller.post(f"members/{account.id}/bookings", BOOKING).status_code for _ in range(6)]

    account.refresh_from_db()
    assert (found.count(200), account.points) == (3, 15)


def test_events_over_the_limit_are_429(few, caller):
    found = [caller.post("events", wire_event("BALANCE_CHANGED", eventId=f"e-{n}")).status_code for n in range(5)]

    assert found == [202] * 3 + [429] * 2


@pytest.mark.parametrize(("query", "status"), [("", 200), ("?on_error=503", 503)])
def test_connected_content_over_the_limit_is_internal_error(few, caller, query, status):
    answers = [caller.get(f"members/a-1/profile{query}") for _ in range(5)]

    assert [answer.json()["error"] for answer in answers] == ["member_not_found"] * 3 + ["internal_error"] * 2
    assert answers[-1].status_code == status


def test_programs_do_not_share(few, caller, other):
    assert statuses(caller).count(429) == 3
    assert statuses(other).count(429) == 3


def test_key_has_a_limit_of_its_own(caller, settings, minutes):
    settings.KEY_CALLS_PER_SECOND, second = 3.0, key_for(caller.program)

    assert statuses(caller).count(429) == 3
    assert statuses(caller, times=3, key=second).count(429) == 0


def test_wrong_keys_use_up_nothing(few, caller):
    for _ in range(10):
        caller.post("members/a-1/bookings", BOOKING, key=key_for(ProgramFactory()))

    assert statuses(caller, times=3) == [400] * 3


def test_key_over_the_limit_is_known_to_be_closed_for_this_program_only(few, caller, other):
    statuses(caller)

    assert limits.is_closed(raw_key=caller.key, program_code=caller.program.code)
    assert not limits.is_closed(raw_key=caller.key, program_code=other.program.code)
    assert not limits.is_closed(raw_key=other.key, program_code=caller.program.code)


def test_refusals_are_logged(few, caller):
    statuses(caller)

    assert (
        sorted(ApiCall.objects.values_list("status", "error"))
        == [(400, "account_not_found")] * 3 + [(429, "too_many_requests")] * 3
    )


def test_redis_is_told_nothing_of_keys_and_programs(caller):
    statuses(caller, times=1)

    names = redis.Redis.from_url(configured.REDIS_URL, decode_responses=True).keys("limit:*")
    assert names
    assert all(len(name) == len("limit:") + 32 for name in names)


def test_without_redis_everybody_is_let_in_and_one_line_says_so(few, without_redis, caller, caplog):
    assert statuses(caller, times=10) == [400] * 10

    assert [each.levelname for each in caplog.records if "Redis is away" in each.message] == ["WARNING"]


def answers(status, *, times, host):
    return sum(limits.may_answer(status=status, host=host) for _ in range(times))


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504, 529])
def test_host_breaker_counts_the_statuses_that_braze_counts(monkeypatch, status):
    monkeypatch.setattr(limits, "BREAKER_LIMIT", 30)

    assert answers(status, times=50, host=f"counted-{status}.example.org") == 30


@pytest.mark.parametrize("status", [200, 207, 400, 401, 403, 404, 413, 500])
def test_host_breaker_does_not_count_the_others(monkeypatch, status):
    monkeypatch.setattr(limits, "BREAKER_LIMIT", 3)

    assert answers(status, times=50, host="uncounted.example.org") == 50


def test_host_breaker_counts_all_statuses_together_and_each_host_alone(monkeypatch):
    monkeypatch.setattr(limits, "BREAKER_LIMIT", 30)

    both = answers(429, times=20, host="a.example.org") + answers(503, times=20, host="A.example.org")
    other = answers(503, times=20, host="b.example.org")

    assert (both, other) == (30, 20)


@pytest.mark.slow
def test_host_breaker_is_the_contracts_2500():
    assert answers(503, times=3_000, host="full.example.org") == 2_500


def test_without_redis_each_process_keeps_to_a_share(without_redis):
    assert answers(503, times=700, host="alone.example.org") == limits.BREAKER_LIMIT_ALONE


def test_beyond_the_breaker_webhooks_answer_500(few, caller, other, monkeypatch):
    monkeypatch.setattr(limits, "BREAKER_LIMIT", 4)
    host = {"HTTP_HOST": "localhost"}

    found = [
        each.post("members/a-1/bookings", BOOKING, **host).status_code for each in (caller, other) for _ in range(6)
    ]

    assert found == [400] * 3 + [429] * 3 + [400] * 3 + [429, 500, 500]
    assert caller.post("members/a-1/bookings", BOOKING, **host).json()["error"] in {
        "too_many_requests",
        "temporarily_unavailable",
    }
    assert BREAKER_SPARED.status == 500


def test_beyond_the_breaker_connected_content_answers_200(few, caller, monkeypatch):
    monkeypatch.setattr(limits, "BREAKER_LIMIT", 1)

    found = [caller.get("members/a-1/profile?on_error=503", HTTP_HOST="127.0.0.1").status_code for _ in range(6)]

    assert found == [200] * 3 + [503, 200, 200]
