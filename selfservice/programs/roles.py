"""Gives people roles in programs."""

from django.db import transaction

from selfservice.accounts.models import User
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Membership, Program, Role


@transaction.atomic
def grant_role(*, program: Program, user: User, role: Role, actor: Actor) -> Membership:
    """One role a person and program: a new one replaces the old. Repeating it changes nothing."""
    known = Membership.objects.select_for_update().filter(program=program, user=user).first()
    if known and known.role == role:
        return known
    before = {"role": known.role} if known else {}
    membership, _is_new = Membership.objects.update_or_create(program=program, user=user, defaults={"role": role})
    record(
        actor=actor,
        action="role.granted",
        subject=user.email,
        program=program.code,
        before=before,
        after={"role": str(role)},
    )
    return membership


@transaction.atomic
def withdraw_role(*, membership: Membership, actor: Actor) -> None:
    program, email, role = membership.program.code, membership.user.email, membership.role
    membership.delete()
    record(actor=actor, action="role.withdrawn", subject=email, program=program, before={"role": role})
