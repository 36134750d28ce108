"""An invitation into a program, which goes out by mail."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selfservice.programs.models import Program, Role


class InvitationState(models.TextChoices):
    """What has become of an invitation."""

    OPEN = "open", _("Invited")
    UNSENT = "unsent", _("Mail not sent")
    EXPIRED = "expired", _("Expired")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")


class Invitation(models.Model):
    """Of the link in the mail only a digest is kept, and the newest link alone is valid. An address has one invitation
    into a program that is neither accepted nor revoked."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    # What the mail server said when the last mail could not be sent.
    problem = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_once_while_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.role} {self.program}"

    def state(self, *, now: datetime) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        if self.problem or not self.sent_at:
            return InvitationState.UNSENT
        return InvitationState.OPEN if now < self.expires_at else InvitationState.EXPIRED
