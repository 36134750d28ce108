from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.keys import last_use
from integrations.keys.last_use import note_use
from integrations.keys.models import ApiKey, KeyUse
from integrations.keys.services import issue_key
from tests.factories.connection import ACTOR

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def key(program):
    return issue_key(program=program, name="Canvas", actor=ACTOR).key


def note(key, *, endpoint="members/bookings", campaign="", after=timedelta()):
    note_use(key=key, endpoint=endpoint, campaign=campaign, now=NOW + after)


def test_last_use_is_kept_to_the_minute(key, django_assert_num_queries):
    note(key)

    with django_assert_num_queries(0):
        note(key, after=timedelta(seconds=59))
    key.refresh_from_db()
    assert key.last_used_at == NOW
    note(key, after=timedelta(seconds=61))
    key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(seconds=61)


def test_uses_are_kept_by_call_and_campaign(key):
    note(key, campaign="spring")
    note(key, campaign="autumn", after=timedelta(seconds=1))
    note(key, endpoint="members/profile", after=timedelta(seconds=2))
    note(key, campaign="spring", after=timedelta(minutes=2))

    found = [(use.endpoint, use.campaign, use.last_used_at - NOW) for use in key.uses.all()]
    assert found == [
        ("members/bookings", "spring", timedelta(minutes=2)),
        ("members/profile", "", timedelta(seconds=2)),
        ("members/bookings", "autumn", timedelta(seconds=1)),
    ]


def test_late_writer_turns_no_time_back(key):
    ApiKey.objects.update(last_used_at=NOW + timedelta(hours=1))

    note(key)

    key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(hours=1)


def test_made_up_campaigns_do_not_pile_up(key, monkeypatch):
    monkeypatch.setattr(last_use, "USES_KEPT", 3)

    for number in range(6):
        note(key, campaign=f"c-{number}\x00" + "x" * 200, after=timedelta(seconds=number))

    assert [use.campaign[:3] for use in key.uses.all()] == ["c-5", "c-4", "c-3"]
    assert {len(use.campaign) for use in key.uses.all()} == {128}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_writing(key, django_assert_num_queries):
    with django_assert_num_queries(0):
        note(key)

    for thread in last_use.threading.enumerate():
        if getattr(thread, "function", None) is last_use._write_waiting:
            thread.join(timeout=10)
    assert KeyUse.objects.get().key == key
