"""An invitation is valid for 72 hours, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from selfservice.audit.models import AuditEntry
from selfservice.people.invitations import (
    MOST_PENDING,
    InvitationSpent,
    accept,
    invitation_of,
    invite,
    note_sent,
    renew,
    revoke,
)
from selfservice.people.models import Invitation, InvitationState
from selfservice.programs.access import role_in
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.invitations import BOSS, invited
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def program():
    return ProgramFactory(code="club")


def accepted(issued, *, at=NOW, user=None):
    user = user or person(email=issued.invitation.email)
    accept(invitation=issued.invitation, user=user, actor=BOSS, now=at)
    return user


def test_token_is_kept_nowhere(program):
    issued = invited(program, now=NOW)

    assert issued.token not in str(Invitation.objects.values().get())
    assert issued.token not in str(list(AuditEntry.objects.values()))
    assert invitation_of(token=issued.token) == issued.invitation
    assert invitation_of(token=issued.token + "x") is None


def test_accepting_gives_the_role_and_is_told(program):
    user = accepted(invited(program, now=NOW), at=NOW + 71 * HOUR)

    assert role_in(user, program) == Role.EDITOR
    actions = [entry.action for entry in AuditEntry.objects.order_by("pk")]
    assert actions == ["invitation.issued", "invitation.accepted", "role.granted"]
    assert {entry.program for entry in AuditEntry.objects.all()} == {"club"}


def test_accepting_works_once(program):
    issued = invited(program, now=NOW)
    accepted(issued)

    with pytest.raises(InvitationSpent):
        accept(invitation=issued.invitation, user=person(), actor=BOSS, now=NOW)


def test_after_72_hours_it_is_over_until_it_is_sent_again(program):
    issued = invited(program, now=NOW)
    late = NOW + 72 * HOUR

    assert issued.invitation.state(now=late - HOUR) is InvitationState.OPEN
    assert issued.invitation.state(now=late) is InvitationState.EXPIRED
    with pytest.raises(InvitationSpent):
        accepted(issued, at=late)
    fresh = renew(invitation=issued.invitation, actor=BOSS, now=late)
    assert accepted(fresh, at=late + 71 * HOUR, user=person()).memberships.count() == 1


def test_only_the_newest_link_is_valid(program):
    issued = invited(program, now=NOW)

    fresh = renew(invitation=issued.invitation, actor=BOSS, now=NOW + HOUR)

    assert invitation_of(token=issued.token) is None
    assert invitation_of(token=fresh.token) == issued.invitation


def test_sending_again_at_once_is_refused_unless_the_mail_had_failed(program):
    issued = invited(program, now=NOW)
    with pytest.raises(ValidationError, match="a moment ago"):
        renew(invitation=issued.invitation, actor=BOSS, now=NOW)

    note_sent(invitation=issued.invitation, now=NOW, problem="connection refused")

    issued.invitation.refresh_from_db()
    assert issued.invitation.state(now=NOW) is InvitationState.UNSENT
    assert renew(invitation=issued.invitation, actor=BOSS, now=NOW)


def test_revoked_one_is_void_and_makes_room_for_another(program):
    issued = invited(program, now=NOW)

    revoke(invitation=issued.invitation, actor=BOSS, now=NOW)

    with pytest.raises(InvitationSpent):
        accepted(issued)
    with pytest.raises(ValidationError, match="a moment ago"):
        invited(program, now=NOW)
    assert invited(program, now=NOW + timedelta(minutes=1)).invitation.pk != issued.invitation.pk


def test_who_has_a_role_or_an_invitation_is_not_invited(program):
    person(program=program, role=Role.VIEWER, email="tom@example.org")
    invited(program, now=NOW)

    with pytest.raises(ValidationError, match="has a role here already: Viewer"):
        invite(program=program, email="Tom@Example.org", role=Role.ADMIN, actor=BOSS, now=NOW)
    with pytest.raises(ValidationError, match="is invited already"):
        invite(program=program, email="ADA@example.org", role=Role.ADMIN, actor=BOSS, now=NOW)


def test_pending_ones_are_bounded(program):
    rows = [
        Invitation(program=program, email=f"{n}@example.org", role="viewer", digest=str(n), expires_at=NOW)
        for n in range(MOST_PENDING)
    ]
    Invitation.objects.bulk_create(rows)

    with pytest.raises(ValidationError, match="Revoke some"):
        invited(program)


def test_greater_role_is_not_taken_by_accepting_a_smaller_one(program):
    issued = invited(program, role=Role.VIEWER, now=NOW)
    user = person(program=program, role=Role.ADMIN, email="ada@example.org")

    accepted(issued, user=user)

    assert role_in(user, program) == Role.ADMIN
