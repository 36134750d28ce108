"""A loyalty program, and the role that a person has in it."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from selfservice.database.texts import one_line
from selfservice.programs.codes import CURRENCIES, is_language

# How the audit trail names a change of what a program is.
SAVED = "program.saved"
_is_language = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z", _("A language is a code like en, de or pt-BR."))
BOOKING_CODE_LENGTH, CHANNEL_LENGTH = 32, 120
MOST = {"languages": 30, "optins": 50, "booking_type_codes": 200, "custom_properties": 100}


class PropertyOwner(models.TextChoices):
    """What a custom property belongs to."""

    USER = "user", _("Person")
    ACCOUNT = "account", _("Account")
    COUPON = "coupon", _("Coupon")


class PropertyKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")


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
    language = models.CharField(_("language"), max_length=10, default="en", validators=[_is_language])
    # Further ones, in which its coupons have texts.
    languages = models.JSONField(_("further languages"), default=list, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # The channels' names as the program spells them; compared trimmed and without regard to case.
    optins = models.JSONField(_("opt-in channels"), default=list, blank=True)
    # Empty: any code may be booked.
    booking_type_codes = models.JSONField(_("booking type codes"), default=list, blank=True)
    # What pages offer to fill in: objects with name, label, owner and kind. The interfaces take any name.
    custom_properties = models.JSONField(_("custom properties"), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def all_languages(self) -> list[str]:
        """The main one first."""
        return [self.language, *(code for code in self.languages if code != self.language)]

    def properties_of(self, owner: str) -> list[dict[str, str]]:
        """The custom properties that people, accounts or coupons have."""
        return [each for each in self.custom_properties if each["owner"] == owner]

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        for code in self.languages:
            try:
                _is_language(code)
            except ValidationError as error:
                wrong["languages"] = error
        wrong |= self._of_several_lines() | self._unknown_codes() | self._beyond_bounds()
        if wrong:
            raise ValidationError(wrong)

    def _of_several_lines(self) -> dict[str, Any]:
        wrong: dict[str, Any] = {}
        texts = {"name": [self.name], "org": [self.org], "optins": self.optins}
        for field, lines in texts.items():
            try:
                for line in lines:
                    one_line(line)
            except ValidationError as error:
                wrong[field] = error
        return wrong

    def _unknown_codes(self) -> dict[str, Any]:
        wrong: dict[str, Any] = {}
        if re.fullmatch("[A-Z]{3}", self.currency) and self.currency not in CURRENCIES:
            wrong["currency"] = _("There is no currency %(code)s.") % {"code": self.currency}
        text = _("There is no language %(code)s.")
        if not is_language(self.language):
            wrong["language"] = text % {"code": self.language}
        if unknown := next((code for code in self.languages if not is_language(code)), None):
            wrong["languages"] = text % {"code": unknown}
        return wrong

    def _beyond_bounds(self) -> dict[str, Any]:
        """Each becomes a field, a button or a choice on a page."""
        wrong: dict[str, Any] = {}
        if any(len(channel) > CHANNEL_LENGTH for channel in self.optins):
            wrong["optins"] = _("The name of a channel has at most %(count)d characters.") % {"count": CHANNEL_LENGTH}
        if any(len(code) > BOOKING_CODE_LENGTH for code in self.booking_type_codes):
            text = _("A booking type code has at most %(count)d characters.") % {"count": BOOKING_CODE_LENGTH}
            wrong["booking_type_codes"] = text
        for name, most in MOST.items():
            if len(getattr(self, name)) > most:
                wrong[name] = _("These are at most %(count)d.") % {"count": most}
        return wrong


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
