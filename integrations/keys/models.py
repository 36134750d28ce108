"""A key with which another system calls us."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selfservice.audit.services import COMMAND_LINE
from selfservice.programs.models import Program


class Scope(models.TextChoices):
    PROFILE = "profile", _("Read member profiles")
    COUPONS = "coupons", _("Read member coupons")
    ASSIGN = "assign", _("Assign coupons")
    BOOK = "book", _("Book points")
    SUBSCRIPTIONS = "subscriptions", _("Set opt-ins")
    EVENTS = "events", _("Send loyalty events")


# Sending events is for the loyalty platform, not for a marketing tool.
DEFAULT_SCOPES = [scope for scope in Scope.values if scope != Scope.EVENTS]


class ApiKey(models.Model):
    """Only a digest of the key is stored; `prefix` names it on pages and commands."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="api_keys")
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.BinaryField(max_length=32)
    name = models.CharField(_("name"), max_length=120)
    scopes = models.JSONField(default=list)
    # As addresses are written with their prefix's length; none allows any address.
    allowed_networks = ArrayField(models.CharField(max_length=43), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=254)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    # Which form of a page asked for the key: a form that is sent twice makes one key.
    form_number = models.CharField(max_length=64, null=True, editable=False)
    # A key is rotated once; its successor may be rotated in turn.
    replaces = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, related_name="successor")

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["program", "form_number"], name="key_form_once")]

    def __str__(self) -> str:
        return f"cvc_{self.prefix}… {self.name}"

    @property
    def is_of_command_line(self) -> bool:
        return self.created_by == COMMAND_LINE.name

    def state_at(self, now: datetime) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= now else "active"

    @property
    def state(self) -> str:
        return self.state_at(timezone.now())


class KeyUse(models.Model):
    """When a key was last used for one call and campaign, to the minute; the latest USES_KEPT of a key are kept."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="uses")
    endpoint = models.CharField(max_length=64)
    campaign = models.CharField(max_length=128, blank=True)
    last_used_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_used_at"]
        constraints = [models.UniqueConstraint(fields=["key", "endpoint", "campaign"], name="key_use_once")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.campaign}".strip()
