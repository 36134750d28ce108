import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from selfservice.programs.access import may, program_or_404, programs_for, role_in
from selfservice.programs.models import Role
from tests.factories.engine import ProgramFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def request_of(rf, user):
    request = rf.get("/")
    request.user = user
    return request


def test_programs_for_those_with_a_role():
    mine, _other = ProgramFactory(), ProgramFactory()

    assert list(programs_for(person(program=mine))) == [mine]
    assert programs_for(person(is_operator=True)).count() == 2
    assert not programs_for(AnonymousUser()).exists()


def test_role_in_needs_an_active_person():
    program = ProgramFactory()

    assert role_in(person(program=program, role=Role.EDITOR), program) == Role.EDITOR
    assert role_in(person(is_operator=True), program) == Role.ADMIN
    assert role_in(person(program=program, is_active=False), program) is None
    assert role_in(person(), program) is None


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (None, set()),
        (Role.VIEWER, {Role.VIEWER}),
        (Role.EDITOR, {Role.VIEWER, Role.EDITOR}),
        (Role.ADMIN, {Role.VIEWER, Role.EDITOR, Role.ADMIN}),
    ],
)
def test_may_includes_the_smaller_roles(role, allowed):
    assert {needed for needed in Role if may(role, needed)} == allowed


def test_program_or_404_hides_what_is_not_ones_own(rf):
    program = ProgramFactory()

    with pytest.raises(Http404):
        program_or_404(request_of(rf, person()), program.code)
    with pytest.raises(Http404):
        program_or_404(request_of(rf, person(program=program)), "none")


def test_program_or_404_refuses_a_small_role(rf):
    program = ProgramFactory()
    request = request_of(rf, person(program=program, role=Role.EDITOR))

    assert program_or_404(request, program.code, at_least=Role.EDITOR) == program
    with pytest.raises(PermissionDenied):
        program_or_404(request, program.code, at_least=Role.ADMIN)
