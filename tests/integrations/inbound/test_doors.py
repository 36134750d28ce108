"""What all doors have in common: paths, methods, bodies, the form of an answer, and its cost."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery.intake import make_lanes
from tests.factories.connection import connect_braze
from tests.factories.engine import AccountFactory, MembershipFactory
from tests.integrations.inbound.doors import BOOKING, each_door

pytestmark = pytest.mark.django_db


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


def test_chunked_body_is_refused_with_what_to_do(caller):
    answer = caller.call("POST", "campaigns/c-1/assign", HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, answer.json()["error"]) == (411, "length_required")


@pytest.mark.parametrize("body", ["null", "7", '"text"', "[]", "true"])
def test_body_that_is_no_object_says_so(caller, body):
    answer = caller.post("members/a-1/bookings", body)

    assert answer.status_code == 400
    assert "The body must be a JSON object." in answer.json()["message"]
