"""The forms for a level, for the points rules, and for an example receipt."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from loyalty_api.engine.models import AssignmentPolicy, ExpiryKind
from loyalty_api.pages.settings.forms import LinesField
from selfservice.database.texts import one_line
from selfservice.ui.fields import FieldGroup, Switch

MAX_STATUS_POINTS = 1_000_000_000_000


def _decimal(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label, localize=True, widget=widget, **{"min_value": 0, "decimal_places": 4} | options
    )


class LevelForm(forms.Form):
    """`is_new`: its id may still be chosen."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[one_line],
        error_messages={"required": _("Give the level a name.")},
    )
    slug = forms.CharField(
        label=_("ID"),
        max_length=64,
        required=False,
        help_text=_("Fixed for good; coupons and imports name the level by it. Empty: made from the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    needed_status_points = forms.IntegerField(
        label=_("Status points needed"),
        min_value=0,
        max_value=MAX_STATUS_POINTS,
        help_text=_("Whoever reaches so many holds the level. 0 is the level of everybody."),
    )
    factor = _decimal(
        _("Factor for points"),
        max_value=999,
        decimal_places=3,
        help_text=_("A receipt of a member at this level gives so many times the usual points; 1 is the usual."),
    )
    named = {"levels": "needed_status_points"}

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).strip()
        if slug and slugify(slug) != slug.lower():
            raise forms.ValidationError(_("Use small letters, digits and hyphens."))
        found = slugify(slug or str(self.cleaned_data.get("name", "")))[:64]
        if not found and "name" in self.cleaned_data:
            raise forms.ValidationError(_("Choose an ID: nothing can be made of this name."))
        return found


class RulesForm(forms.Form):
    points_per_unit = _decimal(
        _("Points for each unit of money"), max_value=10_000, help_text=_("A receipt of 50 gives 50 times as many.")
    )
    status_points_per_unit = _decimal(
        _("Status points for each unit of money"), max_value=10_000, help_text=_("They decide the level.")
    )
    point_value = _decimal(
        _("What a point is worth"),
        min_value=Decimal("0.0001"),
        max_value=10_000,
        help_text=_("In money, where somebody pays with points."),
    )
    lock_days = forms.IntegerField(
        label=_("Days for which a receipt's points are locked"),
        min_value=0,
        max_value=3_650,
        help_text=_("Such as the time in which goods may come back. 0: they can be spent at once."),
    )
    excluded_items = LinesField(
        label=_("Items without points"), help_text=_("Item numbers as receipts name them, one a line.")
    )
    excluded_merchandise_groups = LinesField(
        label=_("Merchandise groups without points"), help_text=_("One a line, like tobacco.")
    )
    level_validity_months = forms.IntegerField(
        label=_("Months for which a level is held"),
        required=False,
        min_value=1,
        max_value=1_200,
        help_text=_("Then it is looked at again. Empty: for ever."),
    )
    expiry_kind = forms.ChoiceField(label=_("When points expire"), choices=ExpiryKind.choices, widget=forms.RadioSelect)
    expiry_day = forms.RegexField(
        r"^\d\d-\d\d$",
        label=_("Day of the year"),
        required=False,
        max_length=5,
        help_text=_("For “on a day of the year”: month and day, like 12-31."),
        error_messages={"invalid": _("Month and day, like 12-31.")},
    )
    expiry_months = forms.IntegerField(
        label=_("Months"),
        min_value=0,
        max_value=1_200,
        help_text=_("On a day of the year: how old points must be then. After inactivity: months without a booking."),
    )
    expiry_warning_days = forms.IntegerField(
        label=_("Days before, on which members are told"), min_value=0, max_value=365
    )
    anonymous_earn = forms.BooleanField(
        label=_("Accounts without a member may earn points"), required=False, widget=Switch
    )
    anonymous_burn = forms.BooleanField(
        label=_("Accounts without a member may spend points"), required=False, widget=Switch
    )
    external_id_unique = forms.BooleanField(
        label=_("A receipt's number may come once only"), required=False, widget=Switch
    )
    assignment_policy = forms.ChoiceField(
        label=_("When a coupon is assigned again"), choices=AssignmentPolicy.choices, widget=forms.RadioSelect
    )
    groups = (
        FieldGroup(_("Earning"), ("points_per_unit", "status_points_per_unit", "lock_days")),
        FieldGroup(_("Without points"), ("excluded_items", "excluded_merchandise_groups")),
        FieldGroup(_("Spending"), ("point_value",)),
        FieldGroup(_("Levels"), ("level_validity_months",)),
        FieldGroup(_("Expiry"), ("expiry_kind", "expiry_day", "expiry_months", "expiry_warning_days")),
        FieldGroup(
            _("Who, and how often"), ("anonymous_earn", "anonymous_burn", "external_id_unique", "assignment_policy")
        ),
    )

    def clean(self) -> dict[str, Any]:
        """What the kind of expiry needs, said at the field where it is missing."""
        given = self.cleaned_data
        if given.get("expiry_kind") == ExpiryKind.FIXED_DATE and given.get("expiry_day") == "":
            self.add_error("expiry_day", _("Say on which day, like 12-31."))
        if given.get("expiry_kind") == ExpiryKind.INACTIVITY and given.get("expiry_months") == 0:
            self.add_error("expiry_months", _("Say after how many months."))
        return given


class ExampleForm(forms.Form):
    """`levels` and `points` are those to choose from, as id and name."""

    amount = forms.DecimalField(
        label=_("Amount of the receipt"),
        localize=True,
        min_value=Decimal("0.01"),
        max_value=10_000_000,
        decimal_places=2,
    )
    level = forms.ChoiceField(label=_("Level of the member"), required=False)
    point = forms.ChoiceField(label=_("Bought at"), required=False)
    item = forms.CharField(label=_("Item number"), max_length=64, required=False)
    group = forms.CharField(label=_("Merchandise group"), max_length=64, required=False)

    def __init__(self, *args: Any, levels: list[tuple[str, str]], points: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("level", levels), ("point", points)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "–"), *choices]
