import pytest
from django.test import Client

from loyalty_api.api.parsing import MAX_BODY_BYTES
from tests.factories.engine import AccountFactory

BODIES = {
    "nul": b'{"emailAddress": "a@example.org", "givenName": "a\\u0000b"}',
    "nul in a name": b'{"a\\u0000": 1}',
    "half a pair": b'{"emailAddress": "a@example.org", "givenName": "\\ud800"}',
    "deep": b'{"customProperties": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "rather deep": b'{"emailAddress": "a@example.org", "x": ' + b"[" * 40 + b"]" * 40 + b"}",
    "not utf-8": b'{"emailAddress": "\xff"}',
    "many digits": b'{"points": ' + b"9" * 100_000 + b"}",
    "no number": b'{"points": NaN}',
    "large exponent": b'{"points": 1e999, "amount": 1e999, "phone": 1e999}',
    "large text": b'{"searchTerm": "' + b"x" * 1_000_000 + b'", "emailAddress": "' + b"x" * 1_000_000 + b'"}',
    "array": b"[]",
    "text": b'"x"',
    "null": b"null",
    "cut off": b'{"a": ',
}


CALLS = [
    ("POST", "/users"),
    ("POST", "/search"),
    ("POST", "/accounts/{}/identifiers"),
    ("POST", "/accounts/{}/memberships"),
    ("POST", "/accounts/{}/bookings"),
    ("POST", "/accounts/{}/transactions"),
    ("POST", "/accounts/{}/fraud"),
    ("PUT", "/accounts/{}/merge"),
    ("POST", "/coupons"),
]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_body_that_nothing_can_be_made_of(caller, body):
    account = AccountFactory(program=caller.program)

    for method, path in CALLS:
        answer = Client().generic(
            method,
            "/loyalty" + path.format(account.id),
            body,
            content_type="application/json",
            headers={"Authorization": caller.token},
        )

        assert answer.status_code == 400, (path, answer.content[:300])
        assert answer.json()["status"] == 400


def test_body_too_large(caller):
    answer = Client().generic(
        "POST",
        "/loyalty/users",
        b" " * (MAX_BODY_BYTES + 1),
        content_type="application/json",
        headers={"Authorization": caller.token},
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("part", ["%00", "%ED%A0%80", "x" * 5000, "%F0%9F%98%80", "%0A", "..%2F", "'"])
@pytest.mark.parametrize("path", ["/accounts/{}", "/accountdetails/{}", "/users/{}", "/programs/{}/stores"])
def test_path_that_names_nothing(caller, path, part):
    answer = caller.get(path.format(part), **{"id-type": "CARDCODE"})

    assert answer.status_code in {400, 404}
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("path", ["/", "/nothing", "/accounts/", "/v9/accounts/1", "/users/1/", "/auth"])
def test_unknown_path(client, path):
    answer = client.post(f"/loyalty{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("header", ["ä.b.c", "Bearer \x00", "a" * 5000, "Bearer Bearer x", "e30.e30.e30"])
def test_garbled_token(db, header):
    answer = Client().get("/loyalty/programs", headers={"Authorization": header})

    assert (answer.status_code, answer.json()["status"]) == (401, 401)
