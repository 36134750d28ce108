"""Switching the second factor on, signing in with it, switching it off."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from selfservice.accounts.factors import factor_of
from selfservice.accounts.models import SecondFactor
from selfservice.accounts.services import set_password, sign_in_link
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import COMMAND_LINE
from tests.factories.codes import code_at, with_factor
from tests.factories.people import PASSWORD, person, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/profile/second-factor"


@pytest.fixture
def ada():
    return person(email="ada@example.org")


def enter(client, user, **more):
    return client.post("/sign-in", {"username": user.email, "password": PASSWORD} | more)


def test_setting_up_asks_for_the_password_and_shows_the_codes_once(client, ada):
    sign_in(client, ada)

    wrong = client.post(PAGE, {"password": "wrong"})
    shown = client.post(PAGE, {"password": PASSWORD}, follow=True)
    secret = SecondFactor.objects.get().secret
    missed = client.post(f"{PAGE}/app", {"code": "000000"})
    done = client.post(f"{PAGE}/app", {"code": code_at(secret, timezone.now())})

    assert (wrong.status_code, missed.status_code) == (422, 422)
    assert "This is not your password" in wrong.text
    assert '<svg class="qr"' in shown.text
    assert secret in shown.text
    assert "no-store" in done["Cache-Control"]
    codes = re.findall(r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){3}\b", done.text)
    assert len(codes) == 10
    after = client.get(PAGE).text
    assert "10 recovery codes are left" in after
    assert not any(code in after for code in codes)
    assert secret not in client.get(f"{PAGE}/app", follow=True).text


def test_password_alone_does_not_sign_in(client, ada):
    secret, _codes = with_factor(ada)

    answer = enter(client, ada, next="/programs/club")

    assert answer.url == "/sign-in/code"
    assert client.get("/programs").status_code == 302
    wrong = client.post("/sign-in/code", {"code": "000000"})
    assert wrong.status_code == 422
    assert "wrong or was used already" in wrong.text
    SecondFactor.objects.update(last_step=0)
    right = client.post("/sign-in/code", {"code": code_at(secret, timezone.now())})
    assert right.url == "/programs/club"
    assert client.get("/programs").status_code == 200


def test_link_by_mail_asks_for_the_code_too(client, ada):
    with_factor(ada)
    link = sign_in_link(user=ada, base_url="")

    answer = client.post(link, {"new_password1": "eleven blue umbrellas", "new_password2": "eleven blue umbrellas"})

    assert answer.url == "/sign-in/code"
    assert client.get("/programs").status_code == 302


def test_recovery_code_signs_in(client, ada):
    codes = with_factor(ada)[1]
    enter(client, ada)

    assert client.post("/sign-in/code", {"code": codes[0]}).url == "/programs"


def test_guessing_is_locked(client, ada):
    with_factor(ada)
    enter(client, ada)

    answers = [client.post("/sign-in/code", {"code": "000000"}).status_code for _n in range(5)]

    assert answers == [422, 422, 422, 422, 429]


def test_step_between_is_void_without_and_after_a_while_and_with_another_password(client, ada, time_machine):
    assert client.get("/sign-in/code").url == "/sign-in"
    with_factor(ada)
    enter(client, ada)
    assert client.get("/sign-in/code").status_code == 200

    set_password(user=ada, password="eight blue bicycles", actor=COMMAND_LINE)
    assert client.get("/sign-in/code").url == "/sign-in"

    set_password(user=ada, password=PASSWORD, actor=COMMAND_LINE)
    enter(client, ada)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert client.get("/sign-in/code").url == "/sign-in"


@pytest.mark.parametrize("act", ["off", "codes"])
def test_switching_off_and_new_codes_ask_for_the_password(client, ada, act):
    with_factor(ada)
    sign_in(client, ada)

    wrong = client.post(f"{PAGE}/{act}", {"password": "wrong"})
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    assert factor_of(ada) is not None
    right = client.post(f"{PAGE}/{act}", {"password": PASSWORD}, follow=True)

    assert right.status_code == 200
    assert (factor_of(ada) is None) == (act == "off")
    assert client.get(f"{PAGE}/{act}").url == PAGE


@pytest.mark.slow
def test_password_cannot_be_guessed_behind_the_sign_in(client, ada):
    sign_in(client, ada)

    answers = [client.post(PAGE, {"password": "wrong"}).status_code for _n in range(5)]

    assert answers == [422, 422, 422, 422, 429]
    assert client.post(PAGE, {"password": PASSWORD}).status_code == 429


def test_operator_resets_it_and_that_is_told(client, ada):
    with_factor(ada)
    sign_in(client, person(email="op@example.org", is_operator=True))
    factor = SecondFactor.objects.get()
    assert factor.secret not in client.get(reverse("admin:accounts_secondfactor_change", args=[factor.pk])).text

    client.post(reverse("admin:accounts_secondfactor_delete", args=[factor.pk]), {"post": "yes"})

    told = AuditEntry.objects.latest("pk")
    assert (told.actor, told.action, told.subject) == ("op@example.org", "second_factor.removed", "ada@example.org")
    assert "secret" not in told.before
    assert enter(Client(), ada).url == "/programs"
