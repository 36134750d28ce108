"""Users of the loyalty API, who belong to an organisation and so to all of its programs."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_api.client.provisioning import IssuedApiUser, issue_api_user
from loyalty_api.engine.models import ApiUser
from selfservice.accounts.models import User
from selfservice.audit.meanwhile import Story
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Membership, Program, Role

ISSUED, REMOVED = "api_user.issued", "api_user.removed"


@dataclass(frozen=True, slots=True)
class KnownApiUser:
    """`number` names it in addresses of pages."""

    number: int
    user_name: str
    created_at: datetime


def api_users_of(program: Program) -> list[KnownApiUser]:
    rows = ApiUser.objects.filter(org=program.org, is_active=True).order_by("user_name")
    return [KnownApiUser(row.pk, row.user_name, row.created_at) for row in rows]


def may_change_api_users(*, program: Program, user: User) -> bool:
    """A user of the API acts in all programs of the organisation: who hands one out is admin in each of them."""
    if user.is_operator:
        return True
    own = Membership.objects.filter(user=user, role=Role.ADMIN).values("program_id")
    return not Program.objects.filter(org=program.org).exclude(pk__in=own).exists()


def story_of(*, program: Program, user_name: str) -> Story:
    return Story(program.code, f"{program.org}/{user_name}", (ISSUED, REMOVED))


@transaction.atomic
def add_api_user(*, program: Program, user_name: str, actor: Actor) -> IssuedApiUser:
    """Raises ValidationError for a name that is taken."""
    Program.objects.select_for_update().get(pk=program.pk)
    if ApiUser.objects.filter(org=program.org, user_name=user_name.strip(), is_active=True).exists():
        text = _("There is a user of this name already. Its password can be made anew in the list.")
        raise ValidationError({"user_name": text})
    return issue_api_user(program=program, user_name=user_name, actor=actor)


@transaction.atomic
def remove_api_user(*, program: Program, user_name: str, actor: Actor) -> None:
    """Its tokens are refused from the next call on."""
    removed, _by_kind = ApiUser.objects.filter(org=program.org, user_name=user_name).delete()
    if removed:
        record(actor=actor, action=REMOVED, subject=f"{program.org}/{user_name}", program=program.code)
