"""Users of the loyalty API on the pages: a password is shown once."""

import re

import pytest
from django.utils import timezone

from loyalty_api.engine import logins
from loyalty_api.engine.models import ApiUser
from selfservice.audit.models import AuditEntry
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in
from tests.loyalty_api.pages.forms import seen_in

pytestmark = pytest.mark.django_db
PAGE = "/programs/club/settings/api-users"


@pytest.fixture(autouse=True)
def _fast_hashing(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def program():
    return ProgramFactory(code="club", org="acme")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program))


def password_in(answer):
    return re.search(r'id="fresh-value" value="([^"]+)"', answer.text).group(1)


def lets_in(password):
    return logins.sign_in(org="acme", user_name="till", password=password, now=timezone.now()) is not None


def test_user_is_created_renewed_and_removed(admin):
    first = password_in(admin.post(PAGE, {"user_name": "till"}))
    assert lets_in(first)
    assert first not in admin.get(PAGE).text

    path = f"{PAGE}/{ApiUser.objects.get().pk}"
    second = password_in(admin.post(f"{path}/password", {"seen": seen_in(admin.get(f"{path}/password"))}))
    assert (lets_in(first), lets_in(second)) == (False, True)

    assert "Remove" in admin.get(f"{path}/remove").text
    admin.post(f"{path}/remove")
    assert not lets_in(second)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", "subject"))
    assert actions == [(f"api_user.{what}", "acme/till") for what in ("issued", "issued", "removed")]


def test_form_sent_twice_makes_one_password(admin):
    admin.post(PAGE, {"user_name": "till"})
    path = f"{PAGE}/{ApiUser.objects.get().pk}/password"
    seen = seen_in(admin.get(path))
    password = password_in(admin.post(path, {"seen": seen}))

    assert admin.post(path, {"seen": seen}).url == PAGE
    assert admin.post(PAGE, {"user_name": "till"}).status_code == 422
    assert lets_in(password)


@pytest.mark.parametrize("name", ["", "two words", "x" * 121])
def test_name_is_refused(admin, name):
    assert admin.post(PAGE, {"user_name": name}).status_code == 422
    assert not ApiUser.objects.exists()


def test_admin_of_one_program_hands_out_no_user_of_others(admin, program):
    ProgramFactory(code="other", org="acme")
    logins.save_api_user(org="acme", user_name="till", password="given-before", now=timezone.now())
    path = f"{PAGE}/{ApiUser.objects.get().pk}"

    answers = [admin.post(PAGE, {"user_name": "mine"}), admin.post(f"{path}/password"), admin.post(f"{path}/remove")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "an admin in all of them" in admin.get(PAGE).text
    assert lets_in("given-before")


def test_operator_hands_out_users_of_all(client, program):
    ProgramFactory(code="other", org="acme")
    sign_in(client, person(is_operator=True))

    assert lets_in(password_in(client.post(PAGE, {"user_name": "till"})))
