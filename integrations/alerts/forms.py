"""Thresholds, and who gets the mails."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.alerts.models import BOUNDS, Rule
from selfservice.programs.models import Membership
from selfservice.ui.fields import CheckList, FieldGroup, Switch

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

_ON = {
    Rule.ERRORS: _("Tell when too much fails"),
    Rule.AGE: _("Tell when events wait for too long"),
    Rule.REFUSED: _("Tell when our key is refused"),
    Rule.SILENCE: _("Tell when it is unusually quiet"),
    Rule.DEAD: _("Tell when too many events have failed"),
    Rule.EXPIRY: _("Tell before the time of waiting events ends"),
}


def _switch(rule: Rule, help_text: "StrOrPromise" = "") -> forms.BooleanField:
    # Each by its own name, for who hears the page and does not see which heading it stands under.
    return forms.BooleanField(label=_ON[rule], help_text=help_text, required=False, widget=Switch)


def _number(name: str, label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.IntegerField:
    least, most = BOUNDS[name]
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=most)


class RulesForm(forms.Form):
    """All thresholds of a program, by the names of its settings. What is switched off keeps its numbers."""

    errors_on = _switch(Rule.ERRORS)
    errors_percent = _number(
        "errors_percent",
        _("Failed, in percent"),
        _("Of requests that we send, of calls that come in, or of events: whichever is worst."),
    )
    errors_least = _number(
        "errors_least", _("Of so many at least"), _("Of fewer calls or events nothing is concluded.")
    )
    errors_hours = _number("errors_hours", _("Hours looked back"), _("Full hours; the running one counts too."))
    age_on = _switch(Rule.AGE)
    age_minutes = _number("age_minutes", _("Waiting for so many minutes"))
    refused_on = _switch(Rule.REFUSED, _("The other system refuses our key or the address; nothing is sent any more."))
    silence_on = _switch(Rule.SILENCE)
    silence_percent = _number(
        "silence_percent",
        _("Fewer than so many percent of the usual"),
        _(
            "Compared with the same hour of the same weekday in the last four weeks. It needs one week of events; "
            "until there are four, the weeks since the first event count."
        ),
    )
    silence_least = _number(
        "silence_least",
        _("Usual are so many at least"),
        _("In hours in which fewer events are usual, silence says nothing."),
    )
    dead_on = _switch(Rule.DEAD)
    dead_count = _number("dead_count", _("More than so many within 24 hours"))
    expiry_on = _switch(Rule.EXPIRY)
    expiry_days = _number(
        "expiry_days", _("Waiting for so many days"), _("What has waited for 90 days ends as failed.")
    )
    reminder_hours = _number(
        "reminder_hours",
        _("Remind after so many hours"),
        _("One reminder, if it has not ended by then. 0: none."),
    )
    quiet_minutes = _number(
        "quiet_minutes",
        _("All-clear after so many quiet minutes"),
        _("For so long it must have been good, so that what comes and goes is one alert."),
    )

    groups = (
        FieldGroup(Rule.ERRORS.label, ("errors_on", "errors_percent", "errors_least", "errors_hours")),
        FieldGroup(Rule.AGE.label, ("age_on", "age_minutes")),
        FieldGroup(Rule.REFUSED.label, ("refused_on",)),
        FieldGroup(Rule.SILENCE.label, ("silence_on", "silence_percent", "silence_least")),
        FieldGroup(Rule.DEAD.label, ("dead_on", "dead_count")),
        FieldGroup(Rule.EXPIRY.label, ("expiry_on", "expiry_days")),
        FieldGroup(_("Reminder and all-clear"), ("reminder_hours", "quiet_minutes")),
    )


def live_groups(values: Mapping[str, Any]) -> list[FieldGroup]:
    """The groups of the rules, without the numbers of those that are switched off."""
    return [
        FieldGroup(group.title, group.names if values[group.names[0]] is not False else group.names[:1])
        for group in RulesForm.groups
    ]


class PeopleForm(forms.Form):
    people = forms.MultipleChoiceField(
        label=_("People with a role here"),
        required=False,
        widget=CheckList,
        error_messages={"invalid_choice": _("Somebody of these has no role here any more. Look at the list again.")},
    )

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(each.user_id), _named(each)) for each in members]


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        help_text=_("It gets a mail with a link, and alerts once somebody there has said yes."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={
            "required": _("Enter a mail address."),
            "invalid": _("This is no complete mail address. Example: name@company.com"),
        },
    )


def _named(member: Membership) -> str:
    user = member.user
    return f"{user.name} ({user.email})" if user.name else user.email
