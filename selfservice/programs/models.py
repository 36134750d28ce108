"""A loyalty program, and the role that a person has in it."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Program(models.Model):
    """`code` is the name that addresses, commands and the platform use. Programs of one `org` share users."""

    code = models.CharField(
        _("code"),
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z", _("Use letters, digits, hyphens and underscores."))
        ],
    )
    name = models.CharField(_("name"), max_length=120)
    org = models.CharField(_("organisation"), max_length=64, db_index=True)
    currency = models.CharField(
        _("currency"), max_length=3, default="EUR", validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Like EUR."))]
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # The channels' names as the program spells them; compared trimmed and without regard to case.
    optins = models.JSONField(_("opt-in channels"), default=list, blank=True)
    # Empty: any code may be booked.
    booking_type_codes = models.JSONField(_("booking type codes"), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Admin")


class Membership(models.Model):
    """What one person may do in one program."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "user"], name="membership_once_per_program")]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.program}"
