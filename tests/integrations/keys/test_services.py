from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from integrations.keys.models import DEFAULT_SCOPES, ApiKey
from integrations.keys.secret_keys import is_well_formed, prefix_of
from integrations.keys.services import FormSentBefore, issue_key, revoke_key, rotate_key
from selfservice.audit.models import AuditEntry
from tests.factories.connection import ACTOR
from tests.factories.engine import ProgramFactory

pytestmark = pytest.mark.django_db


def issue(program, **options):
    return issue_key(program=program, actor=ACTOR, **{"name": "Canvas"} | options)


def test_issued_key_is_shown_once_and_stored_as_a_digest(program):
    issued = issue(program)

    raw = issued.raw.reveal()
    assert is_well_formed(raw)
    assert raw not in str(issued) + repr(issued)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM keys_apikey k")
        (row,) = cursor.fetchone()
    assert raw[12:] not in row
    assert issued.key.prefix == prefix_of(raw)


def test_new_key_has_all_scopes_but_events(program):
    assert issue(program).key.scopes == ["profile", "coupons", "assign", "book", "subscriptions"] == DEFAULT_SCOPES


def test_scopes_are_stored_once_and_in_order(program):
    assert issue(program, scopes=["events", "profile", "events"]).key.scopes == ["profile", "events"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [("203.0.113.7", "203.0.113.7/32"), (" 203.0.113.9/24 ", "203.0.113.0/24"), ("2001:db8::/32",) * 2],
)
def test_networks_are_stored_in_one_form(program, given, stored):
    assert issue(program, allowed_networks=[given]).key.allowed_networks == [stored]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "Canvas\nTill"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["profile", "everything"]}, "scopes"),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expires_at"),
        ({"allowed_networks": ["203.0.113.0/33"]}, "allowed_networks"),
        ({"allowed_networks": ["office"]}, "allowed_networks"),
    ],
)
def test_unusable_wish_is_refused_and_leaves_nothing(program, options, field):
    with pytest.raises(ValidationError) as raised:
        issue(program, **options)

    assert set(raised.value.message_dict) == {field}
    assert not ApiKey.objects.exists()
    assert not AuditEntry.objects.exists()


def test_issue_is_audited_without_the_key(program):
    issued = issue(program)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.address, entry.program) == (ACTOR.name, ACTOR.address, program.code)
    assert (entry.action, entry.subject) == ("key.issued", issued.key.prefix)
    assert entry.after["name"] == "Canvas"
    assert issued.raw.reveal()[12:] not in str(entry.after)


def test_revoke_is_at_once_and_repeatable(program):
    key = issue(program).key

    first = revoke_key(prefix=key.prefix, actor=ACTOR)
    second = revoke_key(prefix=key.prefix, actor=ACTOR)

    assert first.state == "revoked"
    assert second.revoked_at == first.revoked_at
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["key.issued", "key.revoked"]


def test_revoke_within_a_program_does_not_reach_another(program):
    key = issue(program).key

    with pytest.raises(ApiKey.DoesNotExist):
        revoke_key(prefix=key.prefix, actor=ACTOR, program=ProgramFactory())

    key.refresh_from_db()
    assert key.state == "active"


def test_state_follows_the_clock(program):
    now = timezone.now()
    key = issue(program, expires_at=now + timedelta(hours=1)).key

    assert [key.state_at(now), key.state_at(key.expires_at)] == ["active", "expired"]


def test_eleventh_key_that_works_is_refused_until_one_is_revoked(program):
    issued = [issue(program) for _number in range(10)]

    with pytest.raises(ValidationError) as raised:
        issue(program)
    revoke_key(program=program, prefix=issued[0].key.prefix, actor=ACTOR)
    issue(program)

    assert "10 keys that work" in raised.value.message_dict["name"][0]
    assert ApiKey.objects.filter(revoked_at=None).count() == 10


def rotate(key, hours=24, **options):
    return rotate_key(prefix=key.prefix, overlap=timedelta(hours=hours), actor=ACTOR, **options)


def test_rotated_key_has_a_successor_and_works_until_the_overlap_ends(program):
    old = issue(program, scopes=["profile", "events"], allowed_networks=["203.0.113.0/24"]).key
    before = timezone.now()

    issued = rotate(old, hours=24)

    old.refresh_from_db()
    new = issued.key
    assert (new.name, new.scopes, new.allowed_networks) == (old.name, old.scopes, old.allowed_networks)
    assert (new.replaces, new.expires_at, new.state) == (old, None, "active")
    assert timedelta() <= old.expires_at - before - timedelta(hours=24) < timedelta(minutes=1)
    assert [old.state_at(before + timedelta(hours=23)), old.state_at(before + timedelta(hours=25))] == [
        "active",
        "expired",
    ]
    assert is_well_formed(issued.raw.reveal())


def test_rotation_without_overlap_ends_the_old_key_at_once(program):
    old = issue(program).key

    rotate(old, hours=0)

    old.refresh_from_db()
    assert old.state == "expired"


def test_rotation_gives_no_key_a_longer_life(program):
    old = issue(program, expires_at=timezone.now() + timedelta(hours=5)).key
    ends_at = old.expires_at

    new = rotate(old, hours=24).key

    old.refresh_from_db()
    assert old.expires_at == ends_at
    assert abs(new.expires_at - ends_at) < timedelta(minutes=1)


def test_successor_can_be_rotated_and_its_predecessor_cannot_again(program):
    first = issue(program).key
    second = rotate(first).key

    with pytest.raises(ValidationError, match=second.prefix):
        rotate(first)
    assert rotate(second).key.replaces == second


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_key_that_does_not_work_is_not_rotated(program, field):
    key = issue(program).key
    ApiKey.objects.update(**{field: timezone.now()})

    with pytest.raises(ValidationError, match="does not work"):
        rotate(key)


@pytest.mark.parametrize("hours", [-1, 30 * 24 + 1])
def test_overlap_is_bounded(program, hours):
    key = issue(program).key

    with pytest.raises(ValidationError) as raised:
        rotate(key, hours=hours)

    assert set(raised.value.message_dict) == {"overlap"}
    assert ApiKey.objects.count() == 1


def test_rotation_is_audited_without_the_key(program):
    old = issue(program).key

    issued = rotate(old)

    entry = AuditEntry.objects.get(action="key.rotated")
    assert (entry.subject, entry.after["successor"]) == (old.prefix, issued.key.prefix)
    assert issued.raw.reveal()[12:] not in str(entry.after)


def test_rotation_form_sent_twice_makes_one_key(program):
    key = issue(program).key
    rotate(key, form_number="sent-once")

    with pytest.raises(FormSentBefore):
        rotate(key, form_number="sent-once")

    assert ApiKey.objects.count() == 2


def test_rotation_within_a_program_does_not_reach_another(program):
    key = issue(program).key

    with pytest.raises(ApiKey.DoesNotExist):
        rotate(key, program=ProgramFactory())
