"""A program keeps an admin, and nobody lowers themselves by accident."""

import pytest

from selfservice.people.roles import Change, LastAdmin, Unconfirmed, change_role, withdraw
from selfservice.programs.models import Membership, Role
from tests.factories.engine import ProgramFactory
from tests.factories.invitations import BOSS
from tests.factories.people import person

pytestmark = pytest.mark.django_db
OTHERS = Change(BOSS)


@pytest.fixture
def program():
    return ProgramFactory()


def of(user):
    return Membership.objects.get(user=user)


def test_last_admin_stays(program):
    admin = of(person(program=program))
    person(program=program, role=Role.EDITOR)
    person(program=program, role=Role.ADMIN, is_active=False)

    with pytest.raises(LastAdmin):
        withdraw(membership=admin, change=OTHERS)
    with pytest.raises(LastAdmin):
        change_role(membership=admin, role=Role.VIEWER, change=OTHERS)

    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_one_of_two_admins_may_go(program):
    first, second = of(person(program=program)), of(person(program=program))

    change_role(membership=first, role=Role.EDITOR, change=OTHERS)
    with pytest.raises(LastAdmin):
        withdraw(membership=second, change=OTHERS)
    withdraw(membership=first, change=OTHERS)

    assert [row.pk for row in Membership.objects.all()] == [second.pk]


def test_own_rights_are_given_up_only_on_purpose(program):
    own = of(person(program=program))
    person(program=program)

    with pytest.raises(Unconfirmed):
        change_role(membership=own, role=Role.EDITOR, change=Change(BOSS, is_own=True))
    with pytest.raises(Unconfirmed):
        withdraw(membership=own, change=Change(BOSS, is_own=True))
    change_role(membership=own, role=Role.EDITOR, change=Change(BOSS, is_own=True, is_confirmed=True))

    own.refresh_from_db()
    assert own.role == Role.EDITOR


def test_own_role_may_grow_without_a_word_more(program):
    own = of(person(program=program, role=Role.VIEWER))

    change_role(membership=own, role=Role.ADMIN, change=Change(BOSS, is_own=True))

    own.refresh_from_db()
    assert own.role == Role.ADMIN


def test_role_that_is_gone_meanwhile(program):
    membership = of(person(program=program, role=Role.VIEWER))
    Membership.objects.filter(pk=membership.pk).delete()

    with pytest.raises(Membership.DoesNotExist):
        change_role(membership=membership, role=Role.EDITOR, change=OTHERS)
