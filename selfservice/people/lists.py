"""The lists of the page: who has which role, and who is invited."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from selfservice.people.models import Invitation, InvitationState
from selfservice.programs.models import Membership, Program, Role

# How many of the invitations that are over are still told of.
SHOWN_ENDED = 10
_TONES = {
    InvitationState.OPEN: ("calm", "hourglass-split"),
    InvitationState.UNSENT: ("bad", "x-circle-fill"),
    InvitationState.EXPIRED: ("warn", "clock-history"),
    InvitationState.ACCEPTED: ("good", "check-circle-fill"),
    InvitationState.REVOKED: ("calm", "slash-circle"),
}


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation with its state in words."""

    invitation: Invitation
    state: InvitationState
    tone: str
    picture: str

    @property
    def role(self) -> str:
        return str(Role(self.invitation.role).label)


def memberships_of(program: Program) -> QuerySet[Membership]:
    return Membership.objects.filter(program=program).select_related("user").order_by("user__email")


def pending_lines(*, program: Program, now: datetime) -> list[InvitationLine]:
    """Those that can be accepted, sent again or revoked; bounded, since only so many may be pending."""
    found = Invitation.objects.filter(program=program, accepted_at=None, revoked_at=None)
    return [invitation_line(each, now=now) for each in found.order_by("-created_at")]


def ended_lines(*, program: Program, now: datetime) -> list[InvitationLine]:
    found = Invitation.objects.filter(program=program).exclude(accepted_at=None, revoked_at=None)
    return [invitation_line(each, now=now) for each in found.order_by("-created_at")[:SHOWN_ENDED]]


def invitation_line(invitation: Invitation, *, now: datetime) -> InvitationLine:
    state = invitation.state(now=now)
    tone, picture = _TONES[state]
    return InvitationLine(invitation, state, tone, picture)
