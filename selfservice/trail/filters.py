"""What an address asks of the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selfservice.trail.words import all_words

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of one address; an empty one asks for nothing. `as_given` are those that were set, as given."""

    who: str = ""
    what: str = ""
    subject: str = ""
    program: str = ""
    since: datetime | None = None
    until: datetime | None = None
    as_given: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        return urlencode(self.as_given)


class AskedForm(forms.Form):
    """Days are those of the time zone that is the current one."""

    who = forms.CharField(
        label=_("Who"), required=False, max_length=254, widget=forms.TextInput(attrs=_PLAIN | {"placeholder": "name@"})
    )
    what = forms.ChoiceField(label=_("What"), required=False)
    subject = forms.CharField(
        label=_("About"),
        required=False,
        max_length=200,
        help_text=_("A member's account ID, a coupon's ID, a mail address; as a whole."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Up to and with"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    program = forms.CharField(label=_("Program"), required=False, max_length=64, widget=forms.TextInput(attrs=_PLAIN))

    def __init__(self, data: Mapping[str, Any], *, is_of_one: bool) -> None:
        super().__init__(data, auto_id="filter_%s", use_required_attribute=False)
        found = sorted((str(text), action) for action, text in all_words().actions.items())
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [("", _("Anything")), *((action, text) for text, action in found)]
        # A link may name what nobody has words for.
        given = str(data.get("what", ""))[:64]
        if given and given not in all_words().actions and given.replace("_", "").replace(".", "").isalnum():
            what.choices = [*what.choices, (given, given)]
        if is_of_one:
            del self.fields["program"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if any(day and not 2000 <= day.year <= 2999 for day in (since, until)):
            raise ValidationError(_("Choose days of this century."))
        if since and until and since > until:
            raise ValidationError(_("The period ends before it begins."))
        return found


def asked_of(form: AskedForm) -> Asked:
    """Of a valid form."""
    found = form.cleaned_data
    return Asked(
        who=found["who"],
        what=found["what"],
        subject=found["subject"],
        program=found.get("program", ""),
        since=_begin_of(found["since"]),
        until=_begin_of(found["until"] and found["until"] + timedelta(days=1)),
        as_given=tuple((name, str(form.data.get(name, ""))) for name in form.fields if found.get(name)),
    )


def _begin_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
