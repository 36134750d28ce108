"""The card's form for Braze. Its field names are those of commands and of what is stored."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.braze import choices
from integrations.braze.config import (
    ALIAS_LABEL,
    EMAIL_CHANNELS,
    OBJECTS_PER_REQUEST,
    PRODUCT_NAME,
    IdentifierValue,
    MissingOptin,
    ProductIdMode,
    PropertyMode,
    RevenueMode,
    lines,
    name_lines,
)
from integrations.braze.endpoints import rest_endpoint
from integrations.braze.mapping.names import ATTRIBUTES, EVENT_NAMES
from integrations.braze.renames import checked_property_renames, checked_renames, clashes
from selfservice.ui.fields import CheckList, FieldGroup, Lines, Switch

FEWEST_OBJECTS, MOST_OBJECTS = 5, 75
_PRINTABLE = re.compile(r"[\x21-\x7e]*")


class BrazeForm(forms.Form):
    """A stored key is left as it is when the field stays empty. A field that the sender does not know of, because a
    script is older than it, has its default."""

    apiKey = forms.CharField(  # noqa: N815 - the seed's spelling, which commands and stored fields use too
        label=_("REST API key"),
        required=False,
        max_length=200,
        help_text=_("From Braze: Settings → API Keys. It needs the permission users.track."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    apiEndpoint = forms.CharField(  # noqa: N815
        label=_("REST endpoint"),
        max_length=200,
        help_text=_("The address of your Braze instance, for example https://rest.iad-01.braze.com."),
        widget=forms.URLInput(attrs={"placeholder": "https://rest.fra-01.braze.eu"}),
    )
    identifierType = forms.ChoiceField(  # noqa: N815
        label=_("Identifier type"),
        choices=choices.IDENTIFIERS,
        initial=choices.IDENTIFIERS[0][0],
        help_text=_("How members are matched to profiles in Braze."),
        widget=forms.RadioSelect,
    )
    defaultOptins = forms.MultipleChoiceField(  # noqa: N815
        label=_("Default opt-in channels"),
        required=False,
        help_text=_("Used when Braze's e-mail subscription webhook names no channels. At least one is needed."),
        widget=forms.CheckboxSelectMultiple,
    )
    events = forms.MultipleChoiceField(
        label=_("Custom events"),
        choices=choices.EVENTS,
        initial=list(EVENT_NAMES),
        required=False,
        help_text=_("Events that are not ticked still keep the attributes below up to date."),
        widget=CheckList,
    )
    attributes = forms.MultipleChoiceField(
        label=_("Attributes"),
        choices=choices.ATTRIBUTE_NAMES,
        initial=list(ATTRIBUTES),
        required=False,
        help_text=_("Braze bills each attribute that changes. Untick what nobody uses."),
        widget=CheckList,
    )
    revenueMode = forms.ChoiceField(  # noqa: N815
        label=_("Revenue"),
        choices=choices.REVENUE_MODES,
        initial=RevenueMode.PURCHASES.value,
        required=False,
        help_text=_("What a receipt that earns points becomes, besides its custom event."),
        widget=forms.RadioSelect,
    )
    productIdMode = forms.ChoiceField(  # noqa: N815
        label=_("Product of a purchase"),
        choices=choices.PRODUCT_ID_MODES,
        initial=ProductIdMode.TRANSACTION_ID.value,
        required=False,
        help_text=_("By this Braze's filters and reports tell purchases apart."),
        widget=forms.RadioSelect,
    )
    productName = forms.CharField(  # noqa: N815
        label=_("Product name"),
        initial=PRODUCT_NAME,
        required=False,
        max_length=255,
        help_text=_("Used when all purchases have one name, and for what has no merchandise group."),
    )
    emailChannels = forms.CharField(  # noqa: N815
        label=_("Channels that mean e-mail"),
        initial="\n".join(EMAIL_CHANNELS),
        required=False,
        max_length=2_000,
        help_text=_("Opt-in channels that decide about email_subscribe, one a line. Upper and lower case are alike."),
        widget=Lines(attrs={"rows": 3}),
    )
    missingOptin = forms.ChoiceField(  # noqa: N815
        label=_("When there is no opt-in record for e-mail"),
        choices=choices.MISSING_OPTINS,
        initial=MissingOptin.SUBSCRIBED.value,
        required=False,
        help_text=_("“subscribed” takes back an unsubscription that only Braze knows of."),
        widget=forms.RadioSelect,
    )
    flatBalance = forms.BooleanField(  # noqa: N815
        label=_("Send the balance as single numbers too"),
        required=False,
        help_text=_("Adds convercus_points, convercus_locked_points and convercus_status_points, which segments need."),
        widget=Switch,
    )
    nextTier = forms.BooleanField(  # noqa: N815
        label=_("Send the points to the next tier"),
        required=False,
        help_text=_("Adds convercus_next_status_level and convercus_points_to_next_status_level."),
        widget=Switch,
    )
    expiringPoints = forms.BooleanField(  # noqa: N815
        label=_("Send the points about to expire"),
        required=False,
        help_text=_("Adds convercus_expiring_points and convercus_expiring_points_at."),
        widget=Switch,
    )
    identifierValue = forms.ChoiceField(  # noqa: N815
        label=_("Identifier"),
        choices=choices.IDENTIFIER_VALUES,
        initial=IdentifierValue.ACCOUNT_ID.value,
        required=False,
        help_text=_(
            "Must be what your profiles in Braze have. With the user ID several accounts share one profile, and only "
            "the owner's account supplies its attributes."
        ),
        widget=forms.RadioSelect,
    )
    aliasLabel = forms.CharField(  # noqa: N815
        label=_("Alias label"),
        initial=ALIAS_LABEL,
        required=False,
        max_length=255,
        help_text=_("Only for the identifier type user_alias."),
    )
    updateExistingOnly = forms.BooleanField(  # noqa: N815
        label=_("Only update profiles that exist"),
        required=False,
        help_text=_("Otherwise Braze creates a profile for each member whom it does not know."),
        widget=Switch,
    )
    rename = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=20_000,
        help_text=_("One a line: convercus_status_level = tier. For events and for attributes of ours."),
        widget=Lines(attrs={"rows": 3}),
    )
    propertyMode = forms.ChoiceField(  # noqa: N815
        label=_("Other properties of members, and those that appear later"),
        choices=choices.PROPERTY_MODES,
        initial=PropertyMode.ALL_BUT.value,
        required=False,
        widget=forms.RadioSelect,
    )
    properties = forms.CharField(
        label=_("Properties of members"),
        required=False,
        max_length=20_000,
        help_text=_("One a line: those that are not sent or, where others are not sent, the only ones that are."),
        widget=Lines(attrs={"rows": 3}),
    )
    propertyRename = forms.CharField(  # noqa: N815
        label=_("Other names of properties"),
        required=False,
        max_length=20_000,
        help_text=_("One a line: shoe_size = size."),
        widget=Lines(attrs={"rows": 3}),
    )
    objectsPerRequest = forms.IntegerField(  # noqa: N815
        label=_("Objects in one request"),
        initial=OBJECTS_PER_REQUEST,
        required=False,
        min_value=FEWEST_OBJECTS,
        max_value=MOST_OBJECTS,
        help_text=_("Your contract with Braze says how many it takes: 75, with older contracts 50."),
    )
    objectsPerArray = forms.BooleanField(  # noqa: N815
        label=_("Count attributes, events and purchases apart"),
        required=False,
        help_text=_("Only for contracts under Braze's former limits of 75 objects of each."),
        widget=Switch,
    )
    bulkResync = forms.BooleanField(  # noqa: N815
        label=_("Resync in bulk"),
        required=False,
        help_text=_(
            "Only if Braze has opened /users/track/bulk to you; the key may need the permission users.track.bulk. A "
            "resync then spares the limit of /users/track. Where Braze refuses it, the resync goes the usual way."
        ),
        widget=Switch,
    )

    groups = (
        FieldGroup(_("Connection"), ("apiKey", "apiEndpoint", "identifierType", "defaultOptins")),
        FieldGroup(
            _("What is sent"),
            (
                *("events", "attributes", "revenueMode", "productIdMode", "productName", "emailChannels"),
                *("missingOptin", "flatBalance", "nextTier", "expiringPoints", "rename"),
                *("propertyMode", "properties", "propertyRename"),
            ),
            is_advanced=True,
        ),
        FieldGroup(
            _("How it is sent"),
            (
                *("identifierValue", "aliasLabel", "updateExistingOnly"),
                *("objectsPerRequest", "objectsPerArray", "bulkResync"),
            ),
            is_advanced=True,
        ),
    )

    def __init__(self, *args: Any, optins: Sequence[str], has_secrets: frozenset[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_stored_key = "apiKey" in has_secrets
        channels = self.fields["defaultOptins"]
        assert isinstance(channels, forms.MultipleChoiceField)
        channels.choices = [(name, name) for name in optins]

    def clean_apiKey(self) -> str:  # noqa: N802 - Django finds it by the field's name
        key = str(self.cleaned_data["apiKey"]).strip().strip("\"'")
        if not key and not self.has_stored_key:
            raise ValidationError(_("Enter the REST API key that you created in Braze."))
        if not _PRINTABLE.fullmatch(key):
            raise ValidationError(_("A key holds no spaces or special characters. Copy it from Braze once more."))
        return key

    def clean_apiEndpoint(self) -> str:  # noqa: N802
        return rest_endpoint(str(self.cleaned_data["apiEndpoint"]), allowed=settings.OUTBOUND_ALLOW)

    def clean_emailChannels(self) -> str:  # noqa: N802
        return "\n".join(lines(str(self.cleaned_data["emailChannels"])))

    def clean_rename(self) -> str:
        return checked_renames(str(self.cleaned_data["rename"]))

    def clean_properties(self) -> str:
        return "\n".join(name_lines(str(self.cleaned_data["properties"])))

    def clean_propertyRename(self) -> str:  # noqa: N802
        return checked_property_renames(str(self.cleaned_data["propertyRename"]))

    def clean(self) -> dict[str, Any]:
        renames = (str(self.cleaned_data.get(name, "")) for name in ("rename", "propertyRename"))
        for problem in clashes(*renames):
            self.add_error("propertyRename", problem)
        for name, field in self.fields.items():
            if field.initial is not None and name not in self.errors and self._is_absent(name, field):
                self.cleaned_data[name] = field.initial
        return self.cleaned_data

    def _is_absent(self, name: str, field: forms.Field) -> bool:
        """Not sent at all, or left empty where something has to stand. Of boxes none may be ticked."""
        has_boxes = isinstance(field, forms.MultipleChoiceField | forms.BooleanField)
        is_empty = not has_boxes and self.cleaned_data.get(name) in (None, "")
        return is_empty or self.add_prefix(name) not in self.data

    @property
    def warnings(self) -> list[str]:
        """What a person should know about a form that is valid."""
        if self.cleaned_data.get("identifierValue") != IdentifierValue.USER_ID:
            return []
        return [
            gettext(
                "Members are matched by their user ID: several accounts of one person share one profile, and only the "
                "account that the person owns supplies its attributes."
            )
        ]
