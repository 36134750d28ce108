"""A key is replaced by a new one, and both work for a while."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.keys.models import ApiKey
from selfservice.programs.models import Role
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in
from tests.integrations.onboarding.keys.form import KEYS, RAW, accepted, once_of

pytestmark = pytest.mark.django_db


def test_rotation_asks_how_long_and_shows_the_new_key_once(admin, program):
    old = key_for(program)
    page = admin.get(f"{KEYS}/{old[4:12]}/rotate").text

    answer = admin.post(f"{KEYS}/{old[4:12]}/rotate", {"overlap": "168", "once": once_of(page)})

    new = RAW.search(answer.text)[0]
    assert accepted(old)
    assert accepted(new)
    key = ApiKey.objects.get(prefix=old[4:12])
    assert timedelta(days=6, hours=23) < key.expires_at - timezone.now() <= timedelta(days=7)
    listed = admin.get(KEYS).text
    assert f"replaced by cvc_{new[4:12]}…" in listed
    assert f"/{old[4:12]}/rotate" not in listed
    assert f"/{new[4:12]}/rotate" in listed


def test_rotation_sent_again_makes_no_second_key(admin, program):
    address = f"{KEYS}/{key_for(program)[4:12]}/rotate"
    admin.post(address, {"overlap": "0", "once": "sent-once"})

    answer = admin.post(address, {"overlap": "0", "once": "sent-once"}, follow=True)

    assert "created already" in answer.text
    assert ApiKey.objects.count() == 2


@pytest.mark.parametrize("overlap", ["721", "-1", ""])
def test_rotation_refuses_another_overlap(admin, program, overlap):
    answer = admin.post(f"{KEYS}/{key_for(program)[4:12]}/rotate", {"overlap": overlap}, follow=True)

    assert "Choose how long the old key still works." in answer.text
    assert ApiKey.objects.count() == 1


def test_rotation_is_for_admins_of_the_program(client, admin, program):
    own, other = key_for(program), key_for(ProgramFactory(code="other"))

    assert admin.post(f"{KEYS}/{other[4:12]}/rotate", {"overlap": "0"}).status_code == 404
    sign_in(client, person(program=program, role=Role.EDITOR))
    assert client.post(f"{KEYS}/{own[4:12]}/rotate", {"overlap": "0"}).status_code == 403
    assert ApiKey.objects.count() == 2
