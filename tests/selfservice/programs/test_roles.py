import pytest

from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor
from selfservice.programs.access import role_in
from selfservice.programs.models import Membership, Role
from selfservice.programs.roles import grant_role, withdraw_role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
ACTOR = Actor("boss@example.org", "198.51.100.7")


def test_grant_role_is_audited():
    program, user = ProgramFactory(), person(email="ada@example.org")

    grant_role(program=program, user=user, role=Role.EDITOR, actor=ACTOR)

    line = AuditEntry.objects.get()
    assert role_in(user, program) == Role.EDITOR
    assert (line.actor, line.action, line.subject) == ("boss@example.org", "role.granted", "ada@example.org")
    assert (line.program, line.before, line.after) == (program.code, {}, {"role": "editor"})


def test_grant_role_replaces_the_old():
    program = ProgramFactory()
    user = person(program=program, role=Role.VIEWER)

    grant_role(program=program, user=user, role=Role.ADMIN, actor=ACTOR)

    assert role_in(user, program) == Role.ADMIN
    assert AuditEntry.objects.get().before == {"role": "viewer"}


def test_grant_role_again_changes_nothing():
    program = ProgramFactory()
    user = person(program=program, role=Role.VIEWER)

    grant_role(program=program, user=user, role=Role.VIEWER, actor=ACTOR)

    assert not AuditEntry.objects.exists()


def test_withdraw_role():
    program = ProgramFactory()
    user = person(program=program)

    withdraw_role(membership=Membership.objects.get(), actor=ACTOR)

    assert role_in(user, program) is None
    assert AuditEntry.objects.get().before == {"role": "admin"}
