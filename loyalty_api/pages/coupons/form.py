"""The editor's form. What it lets through the engine may still refuse, which is shown at the field it is about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_api.api.coupon_serializers import MAX_PROMO_CODES, EndOrBeginning
from loyalty_api.api.ledger_serializers import EARLIEST
from loyalty_api.contract import CouponText, Json, Level, LoyaltyError, PointOfRedemption
from loyalty_api.engine.coupon_definitions import require_order, require_value
from loyalty_api.engine.coupon_models import AssignationType, UsageType
from loyalty_api.engine.points import MAX_POINTS
from loyalty_api.pages.coupons import properties, words
from loyalty_api.pages.coupons.languages import field_name, lang_tag, language_name
from loyalty_api.pages.property_fields import Definition, filled_in, fits, property_fields
from loyalty_api.pages.property_fields import field_name as name_of_field
from selfservice.database.texts import one_line
from selfservice.ui.fields import CheckList, Lines, Switch

LONGEST_CODE = 128
# Of a coupon's texts: the name of each part's field, its longest text, and whether it has several lines.
PARTS = (("title", 255, False), ("sub_title", 255, False), ("description", 10_000, True), ("booking_text", 255, False))
_PLAIN = {"autocomplete": "off"}
_CODE = {"autocomplete": "off", "spellcheck": "false"}
_MINUTE = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """To the minute, in the zone that is current, and no further away than the interface takes it."""

    def __init__(self, label: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)
        super().__init__(label=label, required=False, widget=widget, input_formats=[_MINUTE, f"{_MINUTE}:%S"])

    def to_python(self, value: Any) -> datetime | None:
        try:
            found = super().to_python(value)
            if found is None or EARLIEST < found < EndOrBeginning.latest:
                return found
        except OverflowError:
            # As below: at the calendar's end a moment of one zone does not exist in another.
            pass
        raise forms.ValidationError(_("This moment is too far away."))


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=MAX_POINTS)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the program has for a coupon to name: its levels, its places as value and label, the languages, and the
    properties that it defines; `stored_properties` are the coupon's own."""

    levels: Sequence[Level]
    places: Sequence[tuple[str, str]]
    languages: Sequence[str]
    definitions: Sequence[Definition] = ()
    stored_properties: Mapping[str, Json] = field(default_factory=dict)


class CouponForm(forms.Form):
    """A switch that is on makes what stands below it a duty; off, it makes it nothing."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        validators=[one_line],
        help_text=gettext_lazy("For you and your colleagues; members see the texts below."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    usage_type = forms.ChoiceField(
        label=gettext_lazy("What it gives"),
        choices=[
            (UsageType.DISCOUNT.value, gettext_lazy("A discount in per cent, which the till takes off")),
            (UsageType.REWARD.value, gettext_lazy("A reward, which costs the member points")),
            (UsageType.EXTRAPOINT.value, gettext_lazy("Extra points with the next receipt")),
            (UsageType.MULTIPLIER.value, gettext_lazy("A factor on the points of the next receipt")),
        ],
        initial=UsageType.DISCOUNT.value,
        widget=forms.RadioSelect,
    )
    value = forms.DecimalField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("Per cent of a discount, points of a reward or bonus, or the factor of a multiplier."),
        min_value=Decimal(0),
        max_value=Decimal(MAX_POINTS),
        max_digits=12,
        decimal_places=2,
    )
    assignation_type = forms.ChoiceField(
        label=gettext_lazy("Who has it"),
        choices=[
            (AssignationType.INDIVIDUAL.value, gettext_lazy("Members it is assigned to, by a campaign or by hand")),
            (AssignationType.ALL.value, gettext_lazy("All members")),
            (AssignationType.PROMOCODE.value, gettext_lazy("Whoever has a promo code")),
        ],
        initial=AssignationType.INDIVIDUAL.value,
        widget=forms.RadioSelect,
    )
    promo_codes = forms.CharField(
        label=gettext_lazy("Promo codes"),
        required=False,
        max_length=MAX_PROMO_CODES * (LONGEST_CODE + 1),
        help_text=gettext_lazy("One a line, at most 1,000; upper and lower case make no difference."),
        widget=Lines(attrs={"rows": 4, **_CODE}),
    )
    max_redeem_count_promo_code = _limit(gettext_lazy("Redemptions per promo code"))
    has_level = forms.BooleanField(label=gettext_lazy("Only for members of one level"), required=False, widget=Switch)
    state_level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    activatable = forms.BooleanField(
        label=gettext_lazy("The member has to activate it first"), required=False, widget=Switch
    )
    has_window = forms.BooleanField(label=gettext_lazy("Only for a time"), required=False, widget=Switch)
    valid_from = MomentField(gettext_lazy("Valid from"))
    valid_to = MomentField(gettext_lazy("Valid to"))
    has_places = forms.BooleanField(label=gettext_lazy("Only in some places"), required=False, widget=Switch)
    places = forms.MultipleChoiceField(label=gettext_lazy("Points of redemption"), required=False, widget=CheckList)
    has_limits = forms.BooleanField(label=gettext_lazy("Only so often"), required=False, widget=Switch)
    max_redeem_count = _limit(gettext_lazy("Redemptions per member"))
    max_redeem_count_global = _limit(gettext_lazy("Redemptions in all"))
    external_reference = forms.CharField(
        label=gettext_lazy("External reference"),
        required=False,
        max_length=128,
        help_text=gettext_lazy("Tells the till what to do, for example the number of the promotion there."),
        widget=forms.TextInput(attrs=_CODE),
    )
    external_code = forms.CharField(
        label=gettext_lazy("Code to show"),
        required=False,
        max_length=LONGEST_CODE,
        help_text=gettext_lazy("Shown to members. Without it each member's coupon has a code of its own."),
        widget=forms.TextInput(attrs=_CODE),
    )
    custom_properties = forms.CharField(
        label=gettext_lazy("Custom properties"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("One a line, like: colour = green"),
        widget=Lines(attrs={"rows": 3, **_CODE}),
    )

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self._offer("state_level", [("", _("choose one")), *((level.id, level.name) for level in offered.levels)])
        self._offer("places", offered.places)
        self.fields.update(property_fields(offered.definitions, offered.stored_properties))
        labels = {
            "title": _("Title"),
            "sub_title": _("Subtitle"),
            "description": _("Description"),
            "booking_text": _("Text in the ledger"),
        }
        for language in offered.languages:
            for part, longest, is_long in PARTS:
                attrs = {"lang": lang_tag(language)} if lang_tag(language) else {}
                widget = forms.Textarea(attrs={"rows": 3, **attrs}) if is_long else forms.TextInput(_PLAIN | attrs)
                self.fields[field_name(language, part)] = forms.CharField(
                    label=labels[part],
                    required=False,
                    max_length=longest,
                    widget=widget,
                    validators=[] if is_long else [one_line],
                )

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = list(choices)

    def clean_promo_codes(self) -> list[str]:
        codes = [line.strip() for line in self.cleaned_data["promo_codes"].splitlines() if line.strip()]
        if len(codes) > MAX_PROMO_CODES:
            raise forms.ValidationError(_("A coupon has at most 1,000 promo codes."))
        if too_long := next((code for code in codes if len(code) > LONGEST_CODE), None):
            raise forms.ValidationError(_("“%(code)s…” is too long for a code.") % {"code": too_long[:20]})
        return codes

    def clean_custom_properties(self) -> dict[str, Any]:
        try:
            found = properties.read(self.cleaned_data["custom_properties"])
        except properties.BadProperty as error:
            text = _("Line %(line)d is no property: write a name that is not there yet, “=” and a value.")
            raise forms.ValidationError(text % {"line": error.line}) from None
        if named := next((each for each in self.offered.definitions if each["name"] in found), None):
            raise forms.ValidationError(_("“%(name)s” has a field of its own here. Fill that in instead.") % named)
        return found

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        is_by_code = given.get("assignation_type") == AssignationType.PROMOCODE
        if is_by_code and not (given.get("promo_codes") or given.get("external_code")):
            self._require("promo_codes", _("Write at least one promo code, or a code to show."))
        if given.get("has_level") and not given.get("state_level"):
            self._require("state_level", _("Choose the level."))
        if given.get("has_window") and not (given.get("valid_from") or given.get("valid_to")):
            self._require("valid_from", _("Say from when or until when."))
        if given.get("has_places") and not given.get("places"):
            self._require("places", _("Choose at least one place."))
        if given.get("has_limits") and not (given.get("max_redeem_count") or given.get("max_redeem_count_global")):
            self._require("max_redeem_count", _("Say how often, per member or in all."))
        self._check_value(given.get("usage_type"), given.get("value"))
        if given.get("has_window"):
            self._check(lambda: require_order(given.get("valid_from"), given.get("valid_to")))
        return given

    def _check_value(self, kind: str | None, value: Decimal | None) -> None:
        if kind is None or value is None:
            return
        if not value:
            self._require("value", _("With 0 the coupon would give nothing. Write a value above it."))
        else:
            self._check(lambda: require_value(kind, value))

    def _check(self, rule: Callable[[], None]) -> None:
        """All that the engine would refuse one by one is said at once."""
        try:
            rule()
        except LoyaltyError as error:
            self.refuse(error)

    def _require(self, name: str, text: str) -> None:
        if name not in self.errors:
            self.add_error(name, text)

    def refuse(self, error: LoyaltyError) -> None:
        """What the engine said no to, at the field that it is about."""
        kind = str(self.cleaned_data.get("usage_type"))
        of_value: dict[str, str] = {
            UsageType.DISCOUNT: _("A discount is at most 100 per cent."),
            UsageType.MULTIPLIER: _("A multiplier is a factor above 1."),
        }
        known = {
            "COUPON_VALUE_INVALID": ("value", of_value.get(kind, _("Points are whole numbers."))),
            "VALIDITY_INVALID": ("valid_to", _("The end has to be after the beginning.")),
            "STATE_LEVEL_UNKNOWN": ("state_level", _("The program has no such level any more.")),
            "PROMOCODE_EXISTS": ("promo_codes", _("One of these codes belongs to another coupon.")),
        }
        self.add_error(*known.get(error.code, (None, error.message)))

    @property
    def property_fields(self) -> list[forms.BoundField]:
        return [self[name_of_field(each["name"])] for each in self.offered.definitions]

    @property
    def all_properties(self) -> dict[str, Json]:
        """Those with a field, those of the box, and what is stored of a kind that a field does not take."""
        given, stored = self.cleaned_data, self.offered.stored_properties
        odd = {
            each["name"]: stored[each["name"]]
            for each in self.offered.definitions
            if each["name"] in stored and not fits(each, stored[each["name"]])
        }
        return {**odd, **given.get("custom_properties", {}), **filled_in(self.offered.definitions, given)}

    @property
    def texts(self) -> dict[str, CouponText]:
        """Of languages in which something is written."""
        found = {
            language: CouponText(*(self.cleaned_data.get(field_name(language, part), "") for part, *_rest in PARTS))
            for language in self.offered.languages
        }
        return {language: text for language, text in found.items() if text != CouponText()}

    @property
    def text_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """For each language its name and its fields."""
        return [
            (language_name(language), [self[field_name(language, part)] for part, *_rest in PARTS])
            for language in self.offered.languages
        ]

    @property
    def points(self) -> list[PointOfRedemption]:
        if not self.cleaned_data.get("has_places"):
            return []
        return [PointOfRedemption(*place.split(":", 1)) for place in self.cleaned_data.get("places", [])]

    @property
    def worth(self) -> str:
        """In words, as far as it is filled in."""
        value, kind = self.cleaned_data.get("value"), self.cleaned_data.get("usage_type")
        return words.worth(value, kind) if value is not None and kind else ""
