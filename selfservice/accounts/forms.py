"""Signing in, and choosing a password."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from selfservice.accounts.models import Theme, User

if TYPE_CHECKING:
    # Generic in the stubs only.
    _PasswordForm = SetPasswordForm[User]
    _PersonForm = forms.ModelForm[User]
else:
    _PasswordForm, _PersonForm = SetPasswordForm, forms.ModelForm


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


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={
            "required": _("Enter your mail address."),
            "invalid": _("This is no complete mail address. Example: name@company.com"),
        },
    )


class CodeForm(forms.Form):
    """Of the app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Enter the code that your app shows now.")},
    )


class OwnPasswordForm(forms.Form):
    """Asks once more for the password, before something that a stranger at an open screen must not do."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        assert isinstance(self.request.user, User)
        # Not compared here, so that guesses are counted as on the sign-in page.
        if authenticate(self.request, email=self.request.user.email, password=password) is None:
            raise ValidationError(_("This is not your password. Check it and try again."))
        return password


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

    def validate_password_for_user(self, user: User, *_field_name: str) -> None:
        """What is wrong with a password is said where it was chosen, and not where it was repeated."""
        super().validate_password_for_user(user, "new_password1")


class OwnNewPasswordForm(OwnPasswordForm, ChoosePasswordForm):
    """The present password, and the new one twice."""

    field_order = ["password", "new_password1", "new_password2"]


class ProfileForm(_PersonForm):
    language = forms.ChoiceField(
        label=_("Language of pages and mails"),
        required=False,
        choices=[("", _("As the browser")), *settings.LANGUAGES],
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ["name", "language", "theme"]
        labels = {"name": _("Your name")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
