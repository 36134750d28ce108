from datetime import timedelta

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from loyalty_api.api.tokens import issue_token
from loyalty_api.engine.logins import save_api_user
from loyalty_api.engine.models import ApiUser, LoginFailure
from tests.factories.engine import ProgramFactory


def login(**fields):
    return Client().post("/loyalty/auth/login", fields, content_type="application/json")


def test_login_answers_the_bare_token(db):
    program = ProgramFactory(org="acme")
    save_api_user(org="acme", user_name="bot", password="s3cret", now=timezone.now())

    answer = login(org="acme", userName="bot", password="s3cret", deviceId="d-1")

    token = answer.content.decode()
    claims = jwt.decode(token, options={"verify_signature": False})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert (claims["sub"], claims["org"], claims["programs"]) == ("bot", "acme", [program.code])
    assert claims["exp"] - claims["iat"] == 24 * 3600
    assert Client().get("/loyalty/programs", headers={"Authorization": token}).status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"password": "S3cret"}, {"userName": "boy"}, {"org": "other"}], ids=["password", "user", "org"]
)
def test_login_wrong_answers_alike(db, wrong):
    save_api_user(org="acme", user_name="bot", password="s3cret", now=timezone.now())

    answer = login(**({"org": "acme", "userName": "bot", "password": "s3cret"} | wrong))

    assert answer.status_code == 401
    assert answer.json()["message"] == "The organisation, the user name or the password is wrong."


def test_login_names_missing_fields(db):
    answer = login(org="acme")

    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "VALIDATION_FAILED")
    assert [entry["field"] for entry in body["error"]] == ["userName", "password"]


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer  "])
def test_token_raw_or_bearer(caller, prefix):
    answer = Client().get("/loyalty/programs", headers={"Authorization": prefix + caller.token})

    assert answer.status_code == 200


def test_token_expired(caller):
    yesterday = timezone.now() - timedelta(hours=24, seconds=1)
    token = issue_token(org=caller.program.org, user_name="bot", programs=[], now=yesterday)

    answer = Client().get("/loyalty/programs", headers={"Authorization": token})

    assert answer.status_code == 401
    assert answer.json()["message"] == "The token has expired; sign in again."


@pytest.mark.parametrize("header", [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "a.b.c"}])
def test_token_missing_or_malformed(db, header):
    answer = Client().get("/loyalty/programs", headers=header)

    assert answer.status_code == 401
    assert answer.json()["status"] == 401


def test_token_signed_with_another_key(caller):
    claims = {"sub": "bot", "org": caller.program.org, "exp": timezone.now() + timedelta(hours=1)}
    forged = jwt.encode(claims, "k" * 32, algorithm="HS256")

    assert Client().get("/loyalty/programs", headers={"Authorization": forged}).status_code == 401


def test_token_of_a_user_that_was_taken_away(caller):
    ApiUser.objects.all().delete()

    assert caller.get("/programs").status_code == 401


def test_login_after_five_wrong_passwords_is_not_looked_at(db):
    save_api_user(org="acme", user_name="bot", password="s3cret", now=timezone.now())
    right = {"org": "acme", "userName": "bot", "password": "s3cret"}

    wrong = [login(**(right | {"password": "guess"})).status_code for _try in range(5)]
    locked = login(**right)
    other = login(**(right | {"userName": "boy"}))

    assert wrong == [401] * 5
    assert (locked.status_code, locked.json()["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert 890 <= int(locked["Retry-After"]) <= 900
    assert other.status_code == 401


def test_login_works_again_after_fifteen_minutes(db):
    save_api_user(org="acme", user_name="bot", password="s3cret", now=timezone.now())
    right = {"org": "acme", "userName": "bot", "password": "s3cret"}
    for _try in range(5):
        login(**(right | {"password": "guess"}))
    LoginFailure.objects.update(last_at=timezone.now() - timedelta(minutes=15, seconds=1))

    assert login(**right).status_code == 200


def test_login_right_password_clears_the_count(db):
    save_api_user(org="acme", user_name="bot", password="s3cret", now=timezone.now())
    right = {"org": "acme", "userName": "bot", "password": "s3cret"}
    for _round in range(2):
        for _try in range(4):
            login(**(right | {"password": "guess"}))

        assert login(**right).status_code == 200
    assert not LoginFailure.objects.exists()


def test_logout_ends_this_token_alone(caller):
    other = issue_token(org=caller.program.org, user_name="bot", programs=["another"], now=timezone.now())

    answer = caller.post("/auth/logout")

    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.get("/programs").status_code == 401
    assert Client().get("/loyalty/programs", headers={"Authorization": other}).status_code == 200
