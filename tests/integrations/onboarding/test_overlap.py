"""The time in which a key and its successor both work: extended, ended, and never longer than allowed."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from integrations.keys.authentication import KeyRefused, authenticate
from integrations.keys.models import ApiKey
from integrations.keys.services import change_overlap, issue_key, revoke_key, rotate_key
from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Role
from tests.factories.connection import ACTOR
from tests.factories.engine import ProgramFactory
from tests.factories.people import person, sign_in

pytestmark = pytest.mark.django_db
KEYS = "/programs/club/integrations/braze/keys"


@pytest.fixture
def program():
    return ProgramFactory(code="club")


@pytest.fixture
def admin(client, program):
    return sign_in(client, person(program=program, email="ada@example.org"))


@pytest.fixture
def old(program):
    issued = issue_key(program=program, name="Canvas", actor=ACTOR)
    rotate_key(prefix=issued.key.prefix, overlap=timedelta(days=1), actor=ACTOR)
    return issued


def is_accepted(issued):
    try:
        authenticate(raw=issued.raw.reveal(), program_code="club", address="127.0.0.1", now=timezone.now())
    except KeyRefused:
        return False
    return True


def end_of(issued):
    return ApiKey.objects.get(pk=issued.key.pk).expires_at


def test_overlap_is_extended(admin, old):
    answer = admin.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "168"}, follow=True)

    assert "“Canvas” works until" in answer.text
    assert timedelta(days=6, hours=23) < end_of(old) - timezone.now() <= timedelta(days=7)
    assert is_accepted(old)


def test_overlap_is_ended_at_once(admin, old):
    answer = admin.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "0"}, follow=True)

    assert "only its successor works from now on" in answer.text
    assert not is_accepted(old)


def test_overlap_lasts_thirty_days_at_most(admin, old):
    admin.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "longest"})

    made = ApiKey.objects.get(replaces=old.key).created_at
    assert end_of(old) == made + timedelta(days=30)
    with pytest.raises(ValidationError, match="30 days at most"):
        change_overlap(prefix=old.key.prefix, ends_at=end_of(old) + timedelta(seconds=1), actor=ACTOR)


def test_overlap_gives_no_key_a_longer_life_than_it_was_made_for(program):
    ends_at = timezone.now() + timedelta(days=3)
    issued = issue_key(program=program, name="Canvas", actor=ACTOR, expires_at=ends_at)
    rotate_key(prefix=issued.key.prefix, overlap=timedelta(hours=1), actor=ACTOR)

    with pytest.raises(ValidationError, match="none longer than it was made for"):
        change_overlap(prefix=issued.key.prefix, ends_at=ends_at + timedelta(minutes=1), actor=ACTOR)
    changed = change_overlap(prefix=issued.key.prefix, ends_at=ends_at - timedelta(minutes=1), actor=ACTOR)

    assert changed.expires_at == ends_at - timedelta(minutes=1)


def test_change_is_in_the_audit_trail(admin, old):
    before = end_of(old)
    admin.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "1"})

    entry = AuditEntry.objects.get(action="key.overlap_changed")
    assert (entry.actor, entry.subject, entry.program) == ("ada@example.org", old.key.prefix, "club")
    assert (entry.before, entry.after) == (
        {"expires_at": before.isoformat()},
        {"expires_at": end_of(old).isoformat()},
    )


@pytest.mark.parametrize("ends", ["", "720", "-1", "soon"])
def test_overlap_refuses_what_it_did_not_offer(admin, old, ends):
    before = end_of(old)

    answer = admin.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": ends})

    assert answer.status_code == 422
    assert end_of(old) == before


def test_key_that_was_not_rotated_or_has_ended_has_no_overlap(admin, program, old):
    lonely = issue_key(program=program, name="Till", actor=ACTOR).key
    revoke_key(prefix=old.key.prefix, actor=ACTOR)

    for prefix in (lonely.prefix, old.key.prefix):
        answer = admin.get(f"{KEYS}/{prefix}/overlap", follow=True)

        assert "There is no overlap to change" in answer.text
        with pytest.raises(ValidationError, match="There is no overlap"):
            change_overlap(prefix=prefix, ends_at=timezone.now(), actor=ACTOR)


def test_overlap_is_for_admins_of_the_program(client, program, old):
    sign_in(client, person(program=program, role=Role.EDITOR))
    assert client.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "0"}).status_code == 403

    sign_in(client, person(program=ProgramFactory(code="other")))
    assert client.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "0"}).status_code == 404
    assert client.post(f"/programs/other/integrations/braze/keys/{old.key.prefix}/overlap").status_code == 404
    assert is_accepted(old)


def test_list_leads_to_the_overlap_and_counts_down(admin, old):
    page = admin.get(KEYS).text

    assert f'href="{KEYS}/{old.key.prefix}/overlap"' in page
    assert "Being replaced" in page
    assert "data-until>in 23 hours</time>" in page


def test_moments_are_those_of_the_program(admin, program, old):
    program.timezone = "Asia/Tokyo"
    program.save()
    latest = ApiKey.objects.get(replaces=old.key).created_at + timedelta(days=30)
    shown = timezone.localtime(latest, ZoneInfo("Asia/Tokyo")).strftime("%H:%M")

    page = admin.get(f"{KEYS}/{old.key.prefix}/overlap").text
    answer = admin.post(f"{KEYS}/{old.key.prefix}/overlap", {"ends": "longest"}, follow=True)

    assert re.search(rf"as long as possible: until [\w ]+, {shown}", page)
    assert re.search(rf"“Canvas” works until [\w ]+, {shown}", answer.text)
