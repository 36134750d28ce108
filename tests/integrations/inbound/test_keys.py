"""Which keys the doors let in, and that a refusal tells nothing of its reason."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.keys.models import ApiKey, Scope
from integrations.keys.secret_keys import generate_key
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory
from tests.integrations.inbound.doors import each_door

pytestmark = pytest.mark.django_db


def refused_calls(caller):
    """A call for every reason for which a key is refused."""
    revoked, expired = key_for(caller.program), key_for(caller.program)
    ApiKey.objects.filter(prefix=revoked[4:12]).update(revoked_at=timezone.now())
    ApiKey.objects.filter(prefix=expired[4:12]).update(expires_at=timezone.now() - timedelta(seconds=1))
    return {
        "missing": {"key": ""},
        "malformed": {"key": "Bearer x"},
        "typo": {"key": caller.key[:-1] + ("A" if caller.key[-1] != "A" else "B")},
        "unknown": {"key": generate_key()},
        "revoked": {"key": revoked},
        "expired": {"key": expired},
        "of another program": {"key": key_for(ProgramFactory())},
        "for an unknown program": {"code": "nowhere"},
        "from elsewhere": {"key": key_for(caller.program, allowed_networks=["198.51.100.0/24"])},
    }


@each_door
def test_refused_key_gets_one_answer_whatever_the_reason(caller, method, path, scope):
    answers = {reason: caller.call(method, path, b"{}", **how) for reason, how in refused_calls(caller).items()}

    assert {answer.status_code for answer in answers.values()} == {401}
    assert len({answer.content for answer in answers.values()}) == 1
    assert set(json.loads(answers["missing"].content)) == {"error", "message"}
    varying = {"X-Request-Id"}
    headers = [{k: v for k, v in answer.headers.items() if k not in varying} for answer in answers.values()]
    assert all(each == headers[0] for each in headers)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("method", "path"), [("GET", "members/a-1/profile"), ("POST", "members/a-1/bookings")])
def test_refused_key_costs_one_query_whatever_the_reason(caller, method, path, django_assert_num_queries):
    """The call log included, whose line is written later: none would tell an unknown program from a known one."""
    for reason, how in refused_calls(caller).items():
        is_looked_up = reason not in {"missing", "malformed", "typo"}
        with django_assert_num_queries(1 if is_looked_up else 0):
            assert caller.call(method, path, b"{}", **how).status_code == 401


def test_key_from_an_allowed_address_gets_in(caller):
    key = key_for(caller.program, allowed_networks=["127.0.0.1"])

    assert caller.get("members/a-1/profile", key=key).status_code == 200
    assert caller.get("members/a-1/profile", key=key, REMOTE_ADDR="127.0.0.2").status_code == 401


@each_door
def test_key_without_the_scope_is_forbidden(caller, method, path, scope):
    key = key_for(caller.program, scopes=[other for other in Scope.values if other != scope])

    answer = caller.call(method, path, b"{}", key=key)

    assert answer.status_code == 403
    assert answer.json()["error"] == "forbidden"
    assert scope in answer.json()["message"]


@each_door
def test_key_with_just_the_scope_gets_in(caller, method, path, scope):
    answer = caller.call(method, path, b"{}", key=key_for(caller.program, scopes=[scope]))

    assert answer.status_code in {200, 202, 400, 404}


def test_key_is_checked_before_the_size(caller):
    assert caller.post("members/a-1/bookings", " " * 2_000_000, key="").status_code == 401


def test_use_of_a_key_is_noted(caller):
    caller.get("members/a-1/profile")

    assert timezone.now() - ApiKey.objects.get().last_used_at < timedelta(minutes=1)


def test_revocation_takes_effect_with_the_next_call(caller):
    assert caller.get("members/a-1/profile").status_code == 200
    ApiKey.objects.update(revoked_at=timezone.now())

    assert caller.get("members/a-1/profile").status_code == 401


def test_program_code_with_odd_characters_is_just_unknown():
    for code in ("%00", "..", "%2e%2e", "a%0ab", "%F0%9F%A6%8A", "x" * 500):
        answer = Client().get(f"/v1/programs/{code}/members/a-1/profile", headers={"X-Convercus-Key": generate_key()})

        assert answer.status_code in {401, 404}
