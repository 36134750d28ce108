"""Invites people into a program. A link is valid for 72 hours, and once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from selfservice.accounts.models import User
from selfservice.audit.services import Actor, record
from selfservice.people.models import Invitation, InvitationState
from selfservice.programs.access import may
from selfservice.programs.models import Membership, Program, Role
from selfservice.programs.roles import grant_role

VALID_FOR = timedelta(hours=72)
# Whoever could invite without end could make us send mails without end.
MOST_PENDING = 100
SENT_AGAIN_AFTER = timedelta(minutes=1)


class InvitationSpent(Exception):
    """Somebody was faster: it is accepted or revoked by now."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation with the secret of its link, which is nowhere else."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(*, program: Program, email: str, role: Role, actor: Actor, now: datetime) -> Issued:
    """The mail is the caller's to send. Raises ValidationError for whoever is in already, or invited already."""
    email = email.strip().lower()
    known = Membership.objects.filter(program=program, user__email=email).first()
    if known:
        raise ValidationError(
            _("%(email)s has a role here already: %(role)s. You can change it in the list.")
            % {"email": email, "role": Role(known.role).label}
        )
    revoked = Invitation.objects.filter(program=program, email=email, revoked_at__isnull=False)
    _require_pause(revoked.order_by("-id").first(), now=now)
    pending = Invitation.objects.filter(program=program, accepted_at=None, revoked_at=None)
    if pending.count() >= MOST_PENDING:
        raise ValidationError(_("So many invitations are pending that no more are sent. Revoke some of them first."))
    token = token_urlsafe(32)
    try:
        # A savepoint, so that the transaction survives a second click that was as fast.
        with transaction.atomic():
            invitation = Invitation.objects.create(
                program=program,
                email=email,
                role=role,
                digest=digest_of(token),
                invited_by=actor.name,
                expires_at=now + VALID_FOR,
            )
    except IntegrityError:
        raise ValidationError(
            _("%(email)s is invited already. You can send the mail again, or revoke it and invite anew.")
            % {"email": email}
        ) from None
    _tell("invitation.issued", invitation, actor)
    return Issued(invitation, token)


@transaction.atomic
def renew(*, invitation: Invitation, actor: Actor, now: datetime) -> Issued:
    """A new link in the place of the old one, with as much time again. Raises InvitationSpent, and ValidationError
    right after the last mail."""
    held = _held(invitation)
    _require_pause(held, now=now)
    token = token_urlsafe(32)
    held.digest, held.expires_at = digest_of(token), now + VALID_FOR
    held.save(update_fields=["digest", "expires_at"])
    _tell("invitation.renewed", held, actor)
    return Issued(held, token)


def note_sent(*, invitation: Invitation, now: datetime, problem: str = "") -> None:
    """`problem` is what the mail server said when it took no mail."""
    changes = {"problem": problem[:300]} if problem else {"problem": "", "sent_at": now}
    Invitation.objects.filter(pk=invitation.pk).update(**changes)


@transaction.atomic
def revoke(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """Raises InvitationSpent."""
    held = _held(invitation)
    held.revoked_at = now
    held.save(update_fields=["revoked_at"])
    _tell("invitation.revoked", held, actor)


def invitation_of(*, token: str) -> Invitation | None:
    """Whatever its state; None for a link that is made up, or that a newer one has replaced."""
    return Invitation.objects.select_related("program").filter(digest=digest_of(token)).first()


@transaction.atomic
def accept(*, invitation: Invitation, user: User, actor: Actor, now: datetime) -> Invitation:
    """Gives the role, except to whoever has a greater one by now. Raises InvitationSpent."""
    held = _held(invitation)
    if held.state(now=now) is InvitationState.EXPIRED or now >= held.expires_at:
        raise InvitationSpent
    held.accepted_at = now
    held.save(update_fields=["accepted_at"])
    _tell("invitation.accepted", held, actor)
    role = Role(held.role)
    known = Membership.objects.filter(program=held.program, user=user).first()
    if known is None or not may(Role(known.role), role):
        grant_role(program=held.program, user=user, role=role, actor=actor)
    return held


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _require_pause(latest: Invitation | None, *, now: datetime) -> None:
    """Whoever revokes and invites anew would send as many mails as who sends again."""
    if latest and latest.sent_at and not latest.problem and now - latest.sent_at < SENT_AGAIN_AFTER:
        raise ValidationError(_("This mail was sent a moment ago. Give it a minute, then send it again."))


def _held(invitation: Invitation) -> Invitation:
    """Locked, so that of two who act at once one finds it spent."""
    held = Invitation.objects.select_for_update(of=("self",)).select_related("program").get(pk=invitation.pk)
    if held.accepted_at or held.revoked_at:
        raise InvitationSpent
    return held


def _tell(action: str, invitation: Invitation, actor: Actor) -> None:
    after = {"role": invitation.role, "expires_at": invitation.expires_at.isoformat(timespec="seconds")}
    is_over = action in {"invitation.revoked", "invitation.accepted"}
    record(
        actor=actor,
        action=action,
        subject=invitation.email[:200],
        program=invitation.program.code,
        after={"role": invitation.role} if is_over else after,
    )
