"""Inviting somebody, changing a role, and being let in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selfservice.accounts.forms import ChoosePasswordForm
from selfservice.accounts.models import User
from selfservice.database.texts import one_line
from selfservice.programs.models import Role
from selfservice.ui.fields import Switch

MEANINGS = {
    Role.VIEWER: _("Viewer: sees everything, with personal data hidden where calls are logged, and changes nothing."),
    Role.EDITOR: _("Editor: also sends again, pauses and resumes, and does the daily work with members."),
    Role.ADMIN: _("Admin: also changes connections, keys, settings and people."),
}
_ROLES = [(role.value, MEANINGS[role]) for role in Role]


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={
            "required": _("Enter the mail address of whom you invite."),
            "invalid": _("This is no complete mail address. Example: name@company.com"),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=_ROLES,
        initial=Role.VIEWER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose one of these roles.")},
    )


class RoleForm(forms.Form):
    """`confirmed` is only shown to who is about to take rights from themselves."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=_ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose one of these roles.")},
    )
    confirmed = forms.BooleanField(
        label=_("I know that I give up rights, and that another admin has to give them back."),
        required=False,
        widget=Switch,
    )


class WithdrawForm(forms.Form):
    confirmed = forms.BooleanField(
        label=_("I know that I lose access, and that another admin has to invite me again."),
        required=False,
        widget=Switch,
    )


class JoinForm(ChoosePasswordForm):
    """Name and password of somebody who is new here."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[one_line],
        help_text=_("As your colleagues will read it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    field_order = ["name", "new_password1", "new_password2"]

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["name"].initial = user.name
