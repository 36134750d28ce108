"""What a path does not have is refused alike everywhere."""

import pytest
from django.test import Client

PATHS = ["/programs", "/accounts", "/accounts/unknown", "/accounts/unknown/balance", "/users/unknown", "/search"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_unsupported_method(caller, path, method):
    answer = caller.send(method, path)

    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert "OPTIONS" not in answer["Allow"]


def test_unsupported_method_of_a_stranger(db):
    assert Client().options("/loyalty/programs").status_code == 401


def test_allowed_methods_are_named(caller):
    answer = caller.send("DELETE", "/programs")

    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/loyalty", "/loyalty/", "/loyalty/nothing", "/loyalty/docs/", "/loyalty/openapi"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_unknown_path(client, path, method):
    answer = client.generic(method, path)

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_path_that_only_begins_alike(client):
    assert client.get("/loyaltyprogram")["Content-Type"].startswith("text/html")


def test_head_answers_like_get(caller):
    answer = caller.send("HEAD", "/programs")

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("accept", ["text/plain", "text/html", "application/json", "*/*", "nonsense"])
def test_login_gives_the_token_whatever_is_asked_for(db, accept):
    answer = Client().post("/loyalty/auth/login", "{}", content_type="application/json", headers={"Accept": accept})

    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_FAILED")


def test_other_calls_answer_json_only(caller):
    answer = caller.get("/programs", Accept="text/html")

    assert (answer.status_code, answer.json()["code"]) == (406, "NOT_ACCEPTABLE")
