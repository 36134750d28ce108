from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone

from selfservice.accounts.services import sign_in_link
from tests.factories.people import PASSWORD, person, sign_in

pytestmark = pytest.mark.django_db


def send(client, email, password, **more):
    return client.post("/sign-in", {"username": email, "password": password} | more)


def test_sign_in_goes_to_the_programs(client):
    user = person(email="ada@example.org")

    answer = send(client, "Ada@Example.org", PASSWORD)

    assert (answer.status_code, answer.url) == (302, "/programs")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_sign_in_goes_where_one_wanted_to(client):
    answer = send(client, person().email, PASSWORD, next="/programs/club")

    assert answer.url == "/programs/club"


def test_sign_in_goes_to_no_other_host(client):
    answer = send(client, person().email, PASSWORD, next="https://evil.example/")

    assert answer.url == "/programs"


def test_sign_in_with_a_wrong_password(client):
    answer = send(client, person().email, "wrong")

    assert answer.status_code == 200
    assert "do not belong together" in answer.text
    assert "wrong" not in answer.text


@pytest.mark.slow
def test_sign_in_locks_after_five_failures_in_any_spelling(client):
    user = person(email="ada@example.org")
    for email in ["ada@example.org", "ADA@example.org", "Ada@example.org", "ada@EXAMPLE.org"]:
        assert send(client, email, "wrong").status_code == 200

    assert send(client, "aDa@example.org", "wrong").status_code == 429
    locked = send(client, user.email, PASSWORD)

    assert locked.status_code == 429
    assert "Too many attempts" in locked.text
    assert send(client, person().email, PASSWORD).status_code == 302, "others still come in"


@pytest.mark.parametrize(
    ("failures", "status"),
    [
        ([("ada@example.org", "192.0.2.1", 29)], 200),
        ([("ada@example.org", f"192.0.2.{number}", 3) for number in range(10)], 429),
        ([("ada@example.org", "192.0.2.1", 30)], 429),
        ([(f"u{number}@example.org", "127.0.0.1", 4) for number in range(24)], 200),
        ([(f"u{number}@example.org", "127.0.0.1", 4) for number in range(25)], 429),
    ],
)
def test_guesses_spread_over_addresses_or_accounts_end_too(client, failures, status):
    user = person(email="ada@example.org")
    for email, address, count in failures:
        AccessAttempt.objects.create(
            username=email, ip_address=address, failures_since_start=count, attempt_time=timezone.now()
        )

    if status == 429:
        assert send(client, user.email, PASSWORD).status_code == 429
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
        assert send(client, user.email, PASSWORD).status_code == 302
    else:
        assert send(client, user.email, PASSWORD).status_code == 302


def test_sign_out_only_by_post(client):
    sign_in(client, person())

    page = client.get("/sign-out", headers={"accept": "text/html", "accept-language": "de"})
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "Hier gibt es nichts zu sehen" in page.text
    assert client.get("/sign-out").content == b""
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out").url == "/sign-in"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["/programs", "/programs/club", "/programs/club/integrations/braze"])
def test_pages_ask_to_sign_in(client, path):
    assert client.get(path).url == f"/sign-in?next={path}"


def test_link_is_not_spent_by_looking(client):
    link = sign_in_link(user=person(), base_url="")

    answers = [client.get(link), client.get(link)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "no-store" in answers[0]["Cache-Control"]


def test_link_sets_a_password_and_signs_in_once(client):
    user = person()
    link = sign_in_link(user=user, base_url="")
    fields = {"new_password1": "eleven blue umbrellas", "new_password2": "eleven blue umbrellas"}

    answer = client.post(link, fields)

    assert answer.url == "/programs"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(link).status_code == client.post(link, fields).status_code == 410


def test_link_is_spent_by_signing_in(client):
    user = person()
    link = sign_in_link(user=user, base_url="")

    send(client, user.email, PASSWORD)

    assert client.get(link).status_code == 410


def test_link_refuses_a_short_password(client):
    link = sign_in_link(user=person(), base_url="")

    answer = client.post(link, {"new_password1": "short", "new_password2": "short"})

    assert "at least 12 characters" in answer.text
    assert list(answer.context["form"].errors) == ["new_password1"]
    assert "_auth_user_id" not in client.session


def test_operators_pages_for_operators_only(client):
    assert client.get("/operator/").url.startswith("/operator/login/")
    assert client.get("/operator/login/?next=/operator/").url == "/sign-in?next=%2Foperator%2F"

    sign_in(client, person())
    assert client.get("/operator/login/").status_code == 403

    sign_in(client, person(is_operator=True))
    answer = client.get("/operator/")
    assert answer.status_code == 200
    assert "css/operator.css" in answer.text


@pytest.mark.parametrize("name", ["accounts_user", "programs_program", "programs_membership", "audit_auditentry"])
def test_operators_pages_list(client, name):
    sign_in(client, person(is_operator=True))

    answer = client.get(reverse(f"admin:{name}_changelist"))

    assert answer.status_code == 200
