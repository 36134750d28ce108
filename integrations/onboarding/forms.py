"""The forms for a new key, for the successor of one, and for how long both work."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.keys.models import DEFAULT_SCOPES, Scope
from selfservice.ui.templatetags.shell import minute

# In hours.
_SPANS = (
    ("0", _("not at all: it stops at once")),
    ("1", _("1 hour")),
    ("24", _("24 hours")),
    ("168", _("7 days")),
    ("720", _("30 days")),
)
_LONGEST = "longest"


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
    expires = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Optional: after this day the key is refused."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    allowed_networks = forms.CharField(
        label=_("Allowed addresses"),
        required=False,
        max_length=2_000,
        help_text=_(
            "Optional: addresses or networks from which the key may be used, one a line, like 203.0.113.0/24. Braze "
            "publishes those of each of its clusters."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean_allowed_networks(self) -> list[str]:
        return str(self.cleaned_data["allowed_networks"]).replace(",", " ").split()


class RotationForm(forms.Form):
    """How long the old key still works, in hours. `once` as above."""

    overlap = forms.TypedChoiceField(
        label=_("How long the old key still works"),
        choices=_SPANS,
        initial="24",
        widget=forms.RadioSelect,
        coerce=lambda hours: timedelta(hours=int(hours)),
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class OverlapForm(forms.Form):
    """How long a key that was rotated still works, from now on."""

    ends = forms.ChoiceField(
        label=_("How long the old key still works, from now on"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how long the old key still works.")},
    )

    def __init__(self, *args: Any, now: datetime, latest: datetime, **kwargs: Any) -> None:
        """`latest` is until when the key may work; what is longer is not offered."""
        super().__init__(*args, **kwargs)
        self.now, self.latest = now, latest
        field = self.fields["ends"]
        assert isinstance(field, forms.ChoiceField)
        offered = [(value, label) for value, label in _SPANS if now + timedelta(hours=int(value)) < latest]
        field.choices = [
            *offered,
            (_LONGEST, _("as long as possible: until %(at)s") % {"at": minute(timezone.localtime(latest))}),
        ]

    @property
    def ends_at(self) -> datetime:
        chosen = self.cleaned_data["ends"]
        return self.latest if chosen == _LONGEST else self.now + timedelta(hours=int(chosen))
