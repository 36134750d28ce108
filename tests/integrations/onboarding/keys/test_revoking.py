"""A key is revoked, after a question, by an admin, at once."""

import pytest
from django.utils import timezone

from integrations.keys.models import ApiKey
from selfservice.programs.models import Role
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in
from tests.integrations.onboarding.keys.form import KEYS, accepted, fields

pytestmark = pytest.mark.django_db


def test_revoke_asks_first(admin, program):
    raw = key_for(program)

    page = admin.get(f"{KEYS}/{raw[4:12]}/revoke").text

    assert "Nobody has called with this key so far" in page
    assert accepted(raw)


def test_revoke_warns_of_a_key_in_use(admin, program):
    raw = key_for(program)
    accepted(raw)
    ApiKey.objects.update(last_used_at=timezone.now())

    assert "still carries this key is refused" in admin.get(f"{KEYS}/{raw[4:12]}/revoke").text


def test_revoke_takes_effect_at_once(admin, program):
    raw = key_for(program)

    answer = admin.post(f"{KEYS}/{raw[4:12]}/revoke", follow=True)

    assert accepted(raw) is None
    assert "Calls with it are refused from now on." in answer.text
    assert "Revoked" in answer.text


def test_revoke_reaches_no_key_of_another_program(admin):
    raw = key_for(ProgramFactory(code="other"))

    assert admin.post(f"{KEYS}/{raw[4:12]}/revoke").status_code == 404
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_keys_are_made_and_revoked_by_admins(client, program, role):
    raw = key_for(program)
    sign_in(client, person(program=program, role=role))

    assert client.post(KEYS, fields()).status_code == 403
    assert client.post(f"{KEYS}/{raw[4:12]}/revoke").status_code == 403
    assert f"cvc_{raw[4:12]}…" in client.get(KEYS).text
    assert accepted(raw)
