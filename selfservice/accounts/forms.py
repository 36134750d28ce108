"""Signing in, and choosing a password."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from selfservice.accounts.models import User

if TYPE_CHECKING:
    # Generic in the stubs only.
    _PasswordForm = SetPasswordForm[User]
else:
    _PasswordForm = SetPasswordForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("This mail address and password do not belong together. Check both and try again."),
        "inactive": _("This account is switched off. An operator can switch it on."),
    }

    username = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={
            "required": _("Enter your mail address."),
            "invalid": _("This is no complete mail address. Example: name@company.com"),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def clean_username(self) -> str:
        # One spelling, so that the lock after failed attempts cannot be dodged with capitals.
        return str(self.cleaned_data["username"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        # Named as the model names it, since the lock counts failures by that name.
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            user = authenticate(self.request, email=email, password=password)
            if user is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(user)
            self.user_cache = user
        return self.cleaned_data


class ChoosePasswordForm(_PasswordForm):
    new_password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters. A short sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label=_("The same password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
