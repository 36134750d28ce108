"""The only place that answers "may they?"."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from selfservice.accounts.models import User
from selfservice.programs.models import Membership, Program, Role

# What a role may do includes what the roles before it may do.
_RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2}


def programs_for(user: User | AnonymousUser) -> QuerySet[Program]:
    """The programs that a person sees."""
    if not isinstance(user, User) or not user.is_active:
        return Program.objects.none()
    if user.is_operator:
        return Program.objects.all()
    return Program.objects.filter(memberships__user=user)


def role_in(user: User | AnonymousUser, program: Program) -> Role | None:
    """The role of a person in a program; an operator is admin everywhere."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_operator:
        return Role.ADMIN
    role = Membership.objects.filter(program=program, user=user).values_list("role", flat=True).first()
    return Role(role) if role else None


def may(role: Role | None, at_least: Role) -> bool:
    return role is not None and _RANK[role] >= _RANK[at_least]


def program_or_404(request: HttpRequest, code: str, *, at_least: Role = Role.VIEWER) -> Program:
    """The program of an address.

    Raises Http404 for one that does not exist or that the person has no role in (the two look alike), and
    PermissionDenied when the role is too small.
    """
    return program_and_role_or_404(request, code, at_least=at_least)[0]


def program_and_role_or_404(
    request: HttpRequest, code: str, *, at_least: Role = Role.VIEWER
) -> tuple[Program, Role | None]:
    """The same with the person's role in it."""
    program = programs_for(request.user).filter(code=code).first()
    if program is None:
        raise Http404
    role = role_in(request.user, program)
    if not may(role, at_least):
        raise PermissionDenied
    return program, role
