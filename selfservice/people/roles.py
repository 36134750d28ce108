"""Changes what people may do in a program, which always keeps an admin."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from selfservice.audit.services import Actor
from selfservice.programs.access import may
from selfservice.programs.models import Membership, Program, Role
from selfservice.programs.roles import grant_role, withdraw_role


class LastAdmin(ValidationError):
    """Without this person the program would have no admin."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the program's last admin. Make somebody else an admin first, so that the program keeps one.")
        )


class Unconfirmed(ValidationError):
    """Somebody would take rights from themselves, and has not said that this is meant."""

    def __init__(self) -> None:
        super().__init__(_("You would take rights from yourself. Tick the box below to say that you mean it."))


@dataclass(frozen=True, slots=True)
class Change:
    """`is_own`: the person changes their own role. `is_confirmed`: they said that they mean it."""

    actor: Actor
    is_own: bool = False
    is_confirmed: bool = False


@transaction.atomic
def change_role(*, membership: Membership, role: Role, change: Change) -> None:
    """Raises LastAdmin and Unconfirmed, and Membership.DoesNotExist for one that is withdrawn by now."""
    held = _held(membership)
    is_lowered = not may(role, Role(held.role))
    if is_lowered:
        _refuse_last_admin(held)
        if change.is_own and not change.is_confirmed:
            raise Unconfirmed
    grant_role(program=held.program, user=held.user, role=role, actor=change.actor)


@transaction.atomic
def withdraw(*, membership: Membership, change: Change) -> None:
    """Raises like `change_role`."""
    held = _held(membership)
    _refuse_last_admin(held)
    if change.is_own and not change.is_confirmed:
        raise Unconfirmed
    withdraw_role(membership=held, actor=change.actor)


def _held(membership: Membership) -> Membership:
    """With its program locked, so that of two admins who remove each other one stays."""
    Program.objects.select_for_update().get(pk=membership.program_id)
    return Membership.objects.select_related("user", "program").get(pk=membership.pk)


def _refuse_last_admin(membership: Membership) -> None:
    others = Membership.objects.filter(program=membership.program, role=Role.ADMIN, user__is_active=True)
    if membership.role == Role.ADMIN and not others.exclude(pk=membership.pk).exists():
        raise LastAdmin
