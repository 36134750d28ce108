"""Why somebody wants to see what is hidden otherwise."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RevealForm(forms.Form):
    """The reason for which somebody wants to see a person's data; the trail keeps it."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=300,
        strip=True,
        help_text=_("For example: complaint 4711, the member did not get the voucher. It is kept in the audit trail."),
        error_messages={
            "required": _("Write why you need to see it."),
            "min_length": _("Write at least %(limit_value)d characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
