"""Keys on a card: what is told of each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.keys.last_use import note_use
from integrations.keys.models import ApiKey
from integrations.keys.services import issue_key
from selfservice.audit.services import COMMAND_LINE
from tests.factories.connection import key_for
from tests.factories.engine import ProgramFactory
from tests.integrations.onboarding.keys.form import KEYS

pytestmark = pytest.mark.django_db


def test_keys_are_listed_with_prefix_and_last_use(admin, program):
    raw = key_for(program)
    ApiKey.objects.update(last_used_at="2026-03-02T09:15:00Z")

    page = admin.get(KEYS).text

    assert f"cvc_{raw[4:12]}…" in page
    assert "2 Mar 2026, 09:15" in page


def test_keys_of_another_program_are_not_listed(admin):
    key_for(ProgramFactory(code="other"))

    assert "<table" not in admin.get(KEYS).text


@pytest.mark.parametrize(("step", "title"), [("rotate", "Rotate a key"), ("revoke", "Revoke a key")])
def test_page_of_a_key_says_where_one_is(admin, program, step, title):
    page = admin.get(f"{KEYS}/{key_for(program)[4:12]}/{step}").text

    assert f'<span aria-current="page">{title}</span>' in page


def test_key_of_the_command_line_is_told_in_the_readers_language(admin, program):
    issue_key(program=program, name="Till", actor=COMMAND_LINE)

    page = admin.get(KEYS, headers={"Accept-Language": "de"}).text

    assert "auf der Kommandozeile" in page
    assert "command line" not in page


def test_card_shows_what_a_key_was_used_for(admin, program):
    key = ApiKey.objects.get(prefix=key_for(program)[4:12])
    note_use(key=key, endpoint="members/bookings", campaign="spring", now=timezone.now() - timedelta(hours=1))
    note_use(key=key, endpoint="members/profile", campaign="", now=timezone.now())

    page, asking = admin.get(KEYS).text, admin.get(f"{KEYS}/{key.prefix}/revoke").text

    assert "members/profile" in page
    assert "campaign spring" not in page
    assert "members/bookings" in asking
    assert "campaign spring" in asking
