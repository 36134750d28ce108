"""What an invited person finds behind the link, and how they come in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from selfservice.accounts.models import User
from selfservice.accounts.services import create_person, set_password
from selfservice.audit.services import Actor
from selfservice.people.invitations import InvitationSpent, accept, invitation_of
from selfservice.people.models import Invitation, InvitationState


class Way(StrEnum):
    """What is asked of whoever opens the link."""

    SPENT = "spent"
    NEW = "new"
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Guest:
    """`person` is whom the invited address belongs to, if there is somebody; one without a password is as new."""

    way: Way
    invitation: Invitation | None
    person: User | None = None


def guest_of(*, token: str, visitor: User | AnonymousUser, now: datetime) -> Guest:
    invitation = invitation_of(token=token)
    pending = {InvitationState.OPEN, InvitationState.UNSENT}
    if invitation is None or invitation.state(now=now) not in pending or now >= invitation.expires_at:
        return Guest(Way.SPENT, invitation)
    person = User.objects.filter(email=invitation.email).first()
    if person and not person.is_active:
        return Guest(Way.SPENT, None)
    is_known = person is not None and person.has_usable_password()
    if isinstance(visitor, User):
        way = Way.CONFIRM if visitor == person else Way.OTHER
    else:
        way = Way.SIGN_IN if is_known else Way.NEW
    return Guest(way, invitation, person)


@transaction.atomic
def join(*, invitation: Invitation, name: str, password: str, address: str | None, now: datetime) -> User:
    """Makes the person, or gives a first password to the one who has none, and accepts. Raises InvitationSpent, and
    ValidationError for a password that is too easy to guess."""
    actor = Actor(invitation.email, address)
    person = create_person(email=invitation.email, name=name, actor=actor)
    if person.has_usable_password():
        # Chosen a moment ago, by another link. Whoever has one signs in with it.
        raise InvitationSpent
    accept(invitation=invitation, user=person, actor=actor, now=now)
    set_password(user=person, password=password, actor=actor)
    return person
