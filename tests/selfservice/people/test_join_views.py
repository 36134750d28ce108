"""What an invited person finds behind the link."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from selfservice.accounts.models import User
from selfservice.people.invitations import revoke
from selfservice.people.models import Invitation
from selfservice.programs.access import role_in
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.invitations import BOSS, invited
from tests.factories.people import PASSWORD, person, sign_in

pytestmark = pytest.mark.django_db
CHOSEN = "eleven blue umbrellas"
FIELDS = {"name": "Ada", "new_password1": CHOSEN, "new_password2": CHOSEN}


@pytest.fixture
def program():
    return ProgramFactory(code="club", name="Bergblick Club")


@pytest.fixture
def issued(program):
    return invited(program)


@pytest.fixture
def link(issued):
    return f"/sign-in/invitation/{issued.token}"


def test_looking_spends_nothing(client, link):
    pages = [client.get(link), client.get(link)]

    assert [page.status_code for page in pages] == [200, 200]
    assert "no-store" in pages[0]["Cache-Control"]
    assert "Welcome to <bdi>Bergblick Club</bdi>" in pages[0].text
    assert not User.objects.exists()


def test_name_of_several_lines_is_refused(client, link):
    answer = client.post(link, FIELDS | {"name": "Ada\r\nBcc: x@example.org"})

    assert answer.status_code == 422
    assert "Write this on one line" in answer.text
    assert not User.objects.exists()


def test_somebody_new_chooses_name_and_password_once(client, program, link):
    answer = client.post(link, FIELDS)

    ada = User.objects.get()
    assert (answer.status_code, answer.url) == (302, "/programs/club")
    assert (ada.email, ada.name, role_in(ada, program)) == ("ada@example.org", "Ada", Role.EDITOR)
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert ada.check_password(CHOSEN)
    spent = Client().post(link, FIELDS | {"name": "Eve"})
    assert spent.status_code == 410
    assert "It was accepted already. Sign in" in spent.text
    assert "To the sign-in page" in spent.text
    assert "It was accepted already, and you are signed in." in client.get(link).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"name": ""}, "Enter your name."), ({"new_password1": "short", "new_password2": "short"}, "at least 12")],
)
def test_bad_entry_leaves_nothing_behind(client, link, fields, said):
    page = client.post(link, FIELDS | fields)

    assert page.status_code == 422
    assert said in page.text
    assert not User.objects.exists()
    assert Invitation.objects.get().accepted_at is None


def test_person_made_by_a_command_gets_a_first_password(client, program, link):
    ada = User.objects.create_user("ada@example.org")

    client.post(link, FIELDS)

    ada.refresh_from_db()
    assert ada.check_password(CHOSEN)
    assert role_in(ada, program) == Role.EDITOR


def test_who_has_an_account_signs_in_and_accepts(client, program, link):
    ada = person(email="ada@example.org")

    asked = client.get(link)
    client.post(link, FIELDS)
    assert role_in(ada, program) is None, "the link alone lets nobody in who has a password"
    way = client.post("/sign-in", {"username": ada.email, "password": PASSWORD, "next": link})
    shown = client.get(way.url)
    answer = client.post(link)

    assert f"/sign-in?next={link}" in asked.text
    assert "Accept the invitation" in shown.text
    assert answer.url == "/programs/club"
    assert role_in(ada, program) == Role.EDITOR
    assert ada.check_password(PASSWORD)


def test_link_of_somebody_else_gives_nothing(client, program, link):
    other = person(email="eve@example.org")
    sign_in(client, other)

    page = client.post(link)

    assert "You are signed in as eve@example.org" in page.text
    assert role_in(other, program) is None


def test_links_that_are_over_say_why(client, issued, link):
    revoke(invitation=issued.invitation, actor=BOSS, now=timezone.now())
    revoked = client.get(link)
    Invitation.objects.update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    expired = client.get(link)
    unknown = client.get("/sign-in/invitation/made-up")

    assert [page.status_code for page in (revoked, expired, unknown)] == [410, 410, 410]
    assert "It was revoked" in revoked.text
    assert "72 hours are over" in expired.text
    assert "The address is incomplete" in unknown.text


def test_account_that_is_switched_off_stays_out(client, link):
    person(email="ada@example.org", is_active=False)

    assert client.get(link).status_code == client.post(link, FIELDS).status_code == 410
