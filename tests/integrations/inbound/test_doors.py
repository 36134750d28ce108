"""What all doors have in common: who gets in, what a refusal looks like, and what the call log keeps."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery.intake import make_lanes
from integrations.keys.models import ApiKey, Scope
from integrations.keys.secret_keys import generate_key
from tests.factories.connection import connect_braze, key_for
from tests.factories.engine import AccountFactory, MembershipFactory, ProgramFactory

pytestmark = pytest.mark.django_db
BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}
# Every door: method, path, and the scope that a key needs.
DOORS = [
    ("POST", "campaigns/c-1/assign", "assign"),
    ("POST", "campaigns/c-1/assign/batch", "assign"),
    ("GET", "campaigns/batches/5f0f9a3e-0c59-4a3b-8f7e-0d9a6f2f1a11", "assign"),
    ("POST", "members/a-1/bookings", "book"),
    ("POST", "subscriptions/email", "subscriptions"),
    ("GET", "members/a-1/profile", "profile"),
    ("GET", "members/a-1/coupons", "coupons"),
    ("GET", "members/a-1/ledger", "profile"),
    ("POST", "events", "events"),
]
each_door = pytest.mark.parametrize(("method", "path", "scope"), DOORS)


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


@pytest.mark.parametrize(
    ("path", "body", "statements"),
    [
        ("members/a-1/profile", None, 1),
        # The key, the turn with the account and its owner, the booking with all that becomes of it.
        ("members/a-1/bookings", BOOKING, 3),
        # The key, the event, the line.
        ("events", {"eventId": "e-1", "type": "X", "occurredAt": "2026-03-02T09:15:02Z", "accountId": "a-1"}, 3),
    ],
)
def test_call_asks_the_database_no_more_often_than_it_must(caller, path, body, statements):
    connect_braze(caller.program)
    make_lanes(Connection.objects.get())
    MembershipFactory(account=AccountFactory(id="a-1", program=caller.program))
    call = (lambda key: caller.get(path)) if body is None else (lambda key: post(caller, path, body, key))
    # What is written later is written at once inside of a test's transaction: the key's use, for the first call only.
    call("first")

    with CaptureQueriesContext(connection) as seen:
        assert call("second").status_code in {200, 202}

    asked = [entry["sql"] for entry in seen if "SAVEPOINT" not in entry["sql"]]
    line_of_a_read = 1 if body is None else 0
    assert len(asked) - line_of_a_read == statements, "\n\n".join(asked)


def post(caller, path, body, key):
    return caller.post(path, body, HTTP_IDEMPOTENCY_KEY=key)


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


@each_door
def test_other_methods_are_405(caller, method, path, scope):
    for other in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {method}:
        answer = caller.call(other, path, b"{}")

        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
        assert method in answer["Allow"]


@each_door
def test_slash_at_the_end_is_404_and_no_redirect(caller, method, path, scope):
    answer = caller.call(method, path + "/", b"{}")

    assert answer.status_code == 404
    assert "slash" in answer.json()["message"]


@pytest.mark.parametrize("path", ["", "members", "members/a-1", "campaigns/batches/not-a-uuid", "events/1", "x/y/z"])
def test_unknown_path_is_404_as_json(caller, path):
    answer = caller.get(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(("path", "kibibytes"), [("members/a-1/bookings", 1024), ("events", 8192)])
def test_body_that_is_too_large_is_413_and_the_bound_itself_is_not(caller, path, kibibytes):
    filling = json.dumps(BOOKING)
    at_the_bound = filling + " " * (kibibytes * 1024 - len(filling))

    assert caller.post(path, at_the_bound).status_code in {202, 400}
    answer = caller.post(path, at_the_bound + " ")
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_key_is_checked_before_the_size(caller):
    assert caller.post("members/a-1/bookings", " " * 2_000_000, key="").status_code == 401


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
@pytest.mark.parametrize("path", ["members/a-1/bookings", "campaigns/c-1/assign", "subscriptions/email", "events"])
def test_other_content_type_is_400(caller, path, content_type):
    answer = caller.post(path, BOOKING, content_type=content_type)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
    assert "Content-Type" in answer.json()["message"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_content_type_is_read_as_such(caller, content_type):
    account = AccountFactory(program=caller.program)

    assert caller.post(f"members/{account.id}/bookings", BOOKING, content_type=content_type).status_code == 200


@pytest.mark.parametrize("body", ["", "{", "nonsense", "{'a': 1}", '{"a": NaN}', b"\xff\xfe", "[" * 5_000])
@pytest.mark.parametrize("path", ["members/a-1/bookings", "subscriptions/email"])
def test_body_that_is_no_json_is_400(caller, path, body):
    answer = caller.post(path, body)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")


@pytest.mark.parametrize("body", [[BOOKING], "a text", 7, True])
def test_body_that_is_no_object_is_400(caller, body):
    answer = caller.post("members/a-1/bookings", json.dumps(body))

    assert answer.status_code == 400
    assert answer.json()["fields"] == {"body": ["The body must be a JSON object."]}


def test_refusal_has_the_contracts_envelope(caller):
    answer = caller.post("members/a-1/bookings", BOOKING | {"pionts": 1, "points": 0})

    found = answer.json()
    assert set(found) == {"error", "message", "fields", "request_id"}
    assert set(found["fields"]) == {"pionts"}
    assert "pionts" in found["message"]
    assert found["request_id"] == answer["X-Request-Id"] == ApiCall.objects.get().request_id


def test_answers_are_private_and_inert(caller):
    answer = caller.get("members/a-1/profile")

    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert "sessionid" not in answer.cookies


def test_call_is_logged_with_who_what_and_how_it_ended(caller):
    account = AccountFactory(program=caller.program)
    caller.post(f"members/{account.id}/bookings", BOOKING)

    row = ApiCall.objects.get()
    assert (row.direction, row.kind, row.endpoint, row.method) == ("in", "braze", "members/bookings", "POST")
    assert (row.program_id, row.key_prefix, row.account_id) == (caller.program.pk, caller.key[4:12], account.id)
    assert (row.status, row.error) == (200, "")
    assert json.loads(row.request_body) == BOOKING
    assert set(json.loads(row.response_body)) == {"bookingId"}


def test_call_with_the_member_in_the_body_is_logged_with_it(caller):
    caller.post("subscriptions/email", {"account_id": "a-77", "status": "allowed"})

    assert ApiCall.objects.get().account_id == "a-77"


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({"key": ""}, 401, "unauthorized"),
        ({}, 400, "account_not_found"),
        ({"content_type": "text/plain"}, 400, "validation_failed"),
    ],
)
def test_refused_call_is_logged_too(caller, options, status, error):
    caller.post("members/a-1/bookings", BOOKING, **options)

    row = ApiCall.objects.get()
    assert (row.status, row.error, row.program_id) == (status, error, caller.program.pk)


def test_call_to_an_unknown_program_leaves_no_trace(caller):
    caller.get("members/a-1/profile", code="nowhere")

    assert not ApiCall.objects.exists()


def test_logged_call_holds_no_secret(caller):
    body = BOOKING | {"reason": caller.key, "password": "hunter2", "token": "hunter2"}
    caller.post(f"members/a-1/bookings?key={caller.key}", body)

    row = ApiCall.objects.get()
    kept = row.path + row.request_body + row.response_body + row.error
    assert caller.key not in kept
    assert '"hunter2"' not in row.request_body


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


def test_chunked_body_is_refused_with_what_to_do(caller):
    answer = caller.call("POST", "campaigns/c-1/assign", HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, answer.json()["error"]) == (411, "length_required")


@pytest.mark.parametrize("body", ["null", "7", '"text"', "[]", "true"])
def test_body_that_is_no_object_says_so(caller, body):
    answer = caller.post("members/a-1/bookings", body)

    assert answer.status_code == 400
    assert "The body must be a JSON object." in answer.json()["message"]
