"""The forms of a program's settings. What a field may hold beyond its form is for the services to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selfservice.database.texts import one_line
from selfservice.programs.models import Program, PropertyKind, PropertyOwner
from selfservice.ui.fields import FieldGroup, Lines, Switch
from selfservice.ui.zones import zone_choices

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        widget = Lines(attrs={"rows": rows, "spellcheck": "false"})
        super().__init__(required=False, max_length=5_000, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(item) for item in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class BasicsForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("What people read, here and in mails."),
        error_messages={"required": _("Give the program a name.")},
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        help_text=_("Three letters, like EUR. Receipts in another currency are refused."),
        widget=forms.TextInput(attrs={**_PLAIN, "maxlength": 3}),
        error_messages={"invalid": _("Three capital letters, like EUR.")},
    )
    is_currency_meant = forms.BooleanField(
        label=_("Points that were booked shall be worth as many of the new currency, unconverted"),
        required=False,
        widget=Switch,
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("In it days begin and end: of coupons, of points that expire, of statistics."),
        choices=zone_choices,
    )
    language = forms.CharField(
        label=_("Main language"),
        max_length=10,
        help_text=_("The code of the language that your members read, like de."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    languages = LinesField(
        label=_("Further languages"), rows=2, help_text=_("One code a line. Coupons have texts in each of them.")
    )
    optins = LinesField(
        label=_("Opt-in channels"),
        help_text=_(
            "One a line, as your members are asked for them, like newsletter. What they have answered is kept when you "
            "take a channel out."
        ),
    )
    booking_type_codes = LinesField(
        label=_("Booking type codes"),
        help_text=_("One a line, like WELCOME: only these may be booked. Empty: any code may be."),
    )
    groups = (
        FieldGroup("", ("code", "name", "org")),
        FieldGroup(_("Money and time"), ("currency", "is_currency_meant", "timezone")),
        FieldGroup(_("Languages"), ("language", "languages")),
        FieldGroup(_("Opt-ins and bookings"), ("optins", "booking_type_codes")),
    )

    def __init__(self, *args: Any, is_in_use: bool = False, **kwargs: Any) -> None:
        """`is_in_use`: another currency is asked for, and points were booked with the stored one."""
        super().__init__(*args, **kwargs)
        zones = self.fields["timezone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = zone_choices(stored=str(self.initial.get("timezone", "")))
        if not is_in_use:
            del self.fields["is_currency_meant"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        is_meant = found.pop("is_currency_meant", True)
        if not is_meant and "currency" in found:
            text = gettext("Points were booked with %(currency)s. Nothing is converted: tick this if you mean it.")
            raise forms.ValidationError({"is_currency_meant": text % {"currency": self.initial["currency"]}})
        return found


class NewProgramForm(BasicsForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("Short, and fixed for good: it stands in addresses and in what other systems send."),
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Give the program a code, like summer-club.")},
    )
    org = forms.CharField(
        label=_("Organisation"),
        max_length=64,
        required=False,
        help_text=_(
            "Fixed for good. Programs of one organisation share people and API users. Empty: the program is by itself."
        ),
        widget=forms.TextInput(attrs=_PLAIN),
    )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if Program.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a program with this code already."))
        return code


class PropertyForm(forms.Form):
    owner = forms.ChoiceField(label=_("Belongs to"), choices=PropertyOwner.choices)
    name = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$",
        label=_("Name"),
        help_text=_("As the interfaces call it, like shoeSize."),
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"invalid": _("Begin with a letter; then letters, digits, and the signs . _ - (64 at most).")},
    )
    label = forms.CharField(
        label=_("Label"), max_length=120, validators=[one_line], help_text=_("What people read on the pages here.")
    )
    kind = forms.ChoiceField(label=_("What it holds"), choices=PropertyKind.choices)


class ApiUserForm(forms.Form):
    user_name = forms.RegexField(
        r"^[\x21-\x7e]{1,120}$",
        label=_("User name"),
        help_text=_("Say who signs in with it, like till-server."),
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={
            "required": _("Give the user a name."),
            "invalid": _("Use letters, digits and signs, without spaces."),
        },
    )


class PartnerForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, validators=[one_line], error_messages={"required": _("Give it a name.")}
    )


def _line(label: Any, *, max_length: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, required=False, validators=[one_line])


class StoreForm(PartnerForm):
    """`partners` are those to choose from, as id and name."""

    partner = forms.ChoiceField(label=_("Partner"), error_messages={"required": _("Choose the partner it belongs to.")})
    street_house_no = _line(_("Street and number"), max_length=200)
    zip_code = _line(_("Postcode"), max_length=20)
    city = _line(_("City"), max_length=120)
    country_code = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        required=False,
        help_text=_("Two letters, like DE."),
        error_messages={"invalid": _("Two capital letters, like DE.")},
    )
    phone = _line(_("Phone"), max_length=40)
    groups = (
        FieldGroup("", ("name", "partner")),
        FieldGroup(_("Address"), ("street_house_no", "zip_code", "city", "country_code", "phone"), is_advanced=True),
    )

    def __init__(self, *args: Any, partners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["partner"], partners)


class PointForm(forms.Form):
    """`stores` are those to choose from, as id and name; a store decides the partner."""

    code = forms.RegexField(
        r"^[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,63}$",
        label=_("ID"),
        help_text=_("What calls say in the header interaction-id. It cannot be changed later."),
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={
            "required": _("Give it an ID, like till-7."),
            "invalid": _(
                "1 to 64 letters, digits and the signs . : _ - without spaces: it stands in a header and in addresses."
            ),
        },
    )
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    store = forms.ChoiceField(label=_("Store"), required=False, help_text=_("A store brings its partner along."))
    is_default = forms.BooleanField(
        label=_("Calls that name no interaction point come from here"), required=False, widget=Switch
    )

    def __init__(
        self, *args: Any, partners: list[tuple[str, str]], stores: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["partner"], [("", "–"), *partners])
        _choose(self.fields["store"], [("", "–"), *stores])


class PlatformForm(forms.Form):
    """How a remote platform is reached. `stored` is the fingerprint of the password that is known, if one is."""

    url = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Of its interface, like https://api.example.org: what stands before /auth/login."),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"}),
        error_messages={"required": _("Enter the address of the platform's interface.")},
    )
    org = forms.CharField(
        label=_("Organisation there"),
        max_length=64,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Enter the organisation, as the platform calls it.")},
    )
    user_name = forms.CharField(
        label=_("Our user there"),
        max_length=120,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Enter the user with whom we sign in.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter the user's password.")},
    )
    interaction_id = forms.CharField(
        label=_("Interaction point"),
        max_length=64,
        required=False,
        help_text=_("From which our calls come, as the platform calls it."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    program_code = forms.CharField(
        label=_("Program's code there"),
        max_length=64,
        required=False,
        help_text=_("Empty: the same as here."),
        widget=forms.TextInput(attrs=_PLAIN),
    )

    named = {"loyalty": "url"}

    def __init__(self, *args: Any, stored: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stored:
            field = self.fields["password"]
            field.required = False
            told = gettext("One is stored (fingerprint %(fingerprint)s). Leave this empty to keep it.")
            field.help_text = told % {"fingerprint": stored}


class SwitchForm(PlatformForm):
    """To a remote platform, knowingly."""

    is_meant = forms.BooleanField(
        label=_("I know what this means, and want it"),
        widget=Switch,
        error_messages={"required": _("Say that you know what it means.")},
    )


class SwitchBackForm(forms.Form):
    is_meant = SwitchForm.base_fields["is_meant"]


def _choose(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
