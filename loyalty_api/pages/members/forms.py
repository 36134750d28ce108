"""What people fill in to do something to a member. `once` numbers a form, so that sending it twice acts once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.crypto import get_random_string
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty_api.contract import BookingType, Json
from loyalty_api.engine.balances import worth_of
from loyalty_api.engine.points import MAX_POINTS
from loyalty_api.pages.property_fields import Definition, field_name, filled_in, property_fields
from selfservice.programs.models import Program
from selfservice.ui.fields import CheckList
from selfservice.ui.templatetags.shell import grouped

# What is booked where the program names no codes of its own.
ANY_CODE = "MANUAL"
# More points than this are asked about once more: a digit too many is quickly typed, and a booking stays.
ASKED_ABOVE = 100_000
_NUMBER_LENGTH = 24


def numbered() -> dict[str, str]:
    """What a new form begins with."""
    return {"once": get_random_string(_NUMBER_LENGTH)}


class _NumberedForm(forms.Form):
    # Django's alphabet for it; whatever else somebody sends would be no number of ours.
    once = forms.RegexField(r"^[A-Za-z0-9]{12,64}\Z", widget=forms.HiddenInput)


class _Reason(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Reason"),
            min_length=5,
            strip=True,
            error_messages={
                "required": _("Write why; whoever reads the audit trail wants to know."),
                "min_length": _("Write at least %(limit_value)d characters."),
            },
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )


class BookingForm(_NumberedForm):
    booking_type = forms.ChoiceField(
        label=_("What to do"),
        choices=[(BookingType.EARN.value, _("Add points")), (BookingType.BURN.value, _("Take points"))],
        initial=BookingType.EARN.value,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether points are added or taken.")},
    )
    points = forms.IntegerField(
        label=_("Points"),
        min_value=1,
        max_value=MAX_POINTS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Write how many points."), "invalid": _("Write a whole number, like 120.")},
    )
    type_code = forms.CharField(label=_("Booking type code"), max_length=32, initial=ANY_CODE)
    reason = _Reason(max_length=255, help_text=_("The member may see it in the list of bookings."))

    def __init__(self, *args: Any, program: Program, **options: Any) -> None:
        """Where the program names no booking type codes, every code may be booked."""
        super().__init__(*args, **options)
        self._program = program
        limit = {"limit": grouped(ASKED_ABOVE)}
        self.fields["points"].help_text = gettext("You are asked once more about more than %(limit)s.") % limit
        if type_codes := program.booking_type_codes:
            self.fields["type_code"] = forms.ChoiceField(
                label=_("Booking type code"),
                choices=[(code, code) for code in type_codes],
                help_text=_("What kind of booking it is, as the program's reports count it."),
                widget=forms.Select(),
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("points", 0) > ASKED_ABOVE and "booking_type" in given:
            self._ask_once_more(BookingType(given["booking_type"]), given["points"])
        return given

    def _ask_once_more(self, kind: BookingType, points: int) -> None:
        """By a box to tick, which holds the very booking that it was about: another one is asked about anew."""
        meant = f"{kind}-{points}"
        does = gettext("Add %(points)s points") if kind == BookingType.EARN else gettext("Take %(points)s points")
        words = does % {"points": grouped(points)}
        self.fields["meant"] = forms.MultipleChoiceField(
            label=_("So many points?"), choices=[(meant, words)], help_text=self._worth(points), widget=CheckList
        )
        if self["meant"].data != [meant]:
            text = gettext("This is more than %(limit)s points. Nothing is booked yet: tick this if you mean it.")
            self.add_error("meant", text % {"limit": grouped(ASKED_ABOVE)})

    def _worth(self, points: int) -> str:
        worth = number_format(worth_of(program=self._program, points=points), force_grouping=True)
        return gettext("They are worth %(money)s.") % {"money": f"{worth} {self._program.currency}"}


class AssignmentForm(_NumberedForm):
    coupon = forms.ChoiceField(
        label=_("Coupon"),
        help_text=_("The coupons that are active and have not ended."),
        error_messages={"required": _("Choose a coupon.")},
    )
    reason = _Reason(max_length=255, help_text=_("It is kept beside the audit trail; the member does not see it."))

    def __init__(self, *args: Any, coupons: Sequence[tuple[str, str]], **options: Any) -> None:
        """`coupons` are ids with their names."""
        super().__init__(*args, **options)
        field = self.fields["coupon"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose …")), *coupons]


class LockForm(forms.Form):
    reason = _Reason(max_length=64, help_text=_("In a few words, such as: card used in two towns at once."))
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=1000,
        strip=True,
        help_text=_("For colleagues who look at the member. Not needed."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OptinForm(forms.Form):
    """What the member has said of one channel, and how one knows."""

    membership = forms.CharField(max_length=64, widget=forms.HiddenInput)
    channel = forms.CharField(max_length=120, widget=forms.HiddenInput)
    flag = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)
    reason = _Reason(
        max_length=255,
        help_text=_("Where and when the member said so, such as: signed form in the Cologne shop, 3 May."),
    )

    @property
    def is_of_something(self) -> bool:
        """Whether it says whose answer to what; the reason may be missing still."""
        return not any(name in self.errors for name in ("membership", "channel", "flag"))


class PropertiesForm(forms.Form):
    """What is stored is hidden, so an empty field changes nothing; what shall go is ticked."""

    removed = forms.MultipleChoiceField(label=_("Remove"), required=False, widget=CheckList)

    def __init__(
        self, *args: Any, definitions: Sequence[Definition], stored: Mapping[str, Json], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._definitions = definitions
        for name, field in property_fields(definitions, {}).items():
            self.fields[name] = field
        held = [(each["name"], each["label"]) for each in definitions if each["name"] in stored]
        for name, _label in held:
            self.fields[field_name(name)].help_text = _("Something is stored. What you write replaces it.")
        chosen = self.fields.pop("removed")
        if held:
            assert isinstance(chosen, forms.MultipleChoiceField)
            chosen.choices = held
            self.fields["removed"] = chosen

    def clean(self) -> dict[str, Any]:
        both = set(self.cleaned_data.get("removed", ())) & set(filled_in(self._definitions, self.cleaned_data))
        for name in sorted(both):
            self.add_error(field_name(name), _("Write a new value, or have it removed: both at once cannot be."))
        return self.cleaned_data

    @property
    def values(self) -> dict[str, Json]:
        """None for what is removed."""
        removed = dict.fromkeys(self.cleaned_data.get("removed", ()))
        return {**removed, **filled_in(self._definitions, self.cleaned_data)}


class IdentifierForm(forms.Form):
    identifier = forms.CharField(max_length=64)
    status = forms.ChoiceField(choices=[("ACTIVE", ""), ("LOCKED", "")])


class EraseForm(forms.Form):
    """Asks for the account's id in full: whoever copies it has looked at it."""

    account_id = forms.CharField(
        label=_("Account ID"),
        max_length=128,
        strip=True,
        help_text=_("Write the whole ID of this member's account, as it stands above."),
        error_messages={"required": _("Write the account ID to confirm.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    systems = forms.MultipleChoiceField(
        label=_("Also delete the profile in"),
        required=False,
        help_text=_("It is deleted there in the background, and tried again until it works. This cannot be undone."),
        widget=CheckList,
    )

    def __init__(self, *args: Any, account_id: str, systems: Sequence[tuple[str, Any]], **options: Any) -> None:
        """`systems` are kinds with their titles."""
        super().__init__(*args, **options)
        self._account_id = account_id
        field = self.fields["systems"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(systems)
        if not systems:
            del self.fields["systems"]

    def clean_account_id(self) -> str:
        given = str(self.cleaned_data["account_id"])
        if given != self._account_id:
            raise forms.ValidationError(_("This is not the ID of this member's account. Capital letters matter."))
        return given
