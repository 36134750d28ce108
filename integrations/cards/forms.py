"""The form for a new key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.keys.models import DEFAULT_SCOPES, Scope


class KeyForm(forms.Form):
    """`once` tells one sending of the form from another."""

    name = forms.CharField(
        label=_("Name of the key"),
        max_length=120,
        help_text=_("Who will use it, for example “Canvas webhooks”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the key a name that says who uses it.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the key may do"),
        choices=Scope.choices,
        initial=DEFAULT_SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the key may do.")},
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
