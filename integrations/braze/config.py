"""What a program manager sets for Braze: the form, and the frozen configuration that sending reads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.spec import Configuration
from selfservice.secrets.secret import Secret

# Any cluster, today's and tomorrow's: https://www.braze.com/docs/api/basics#endpoints
_REST_HOST = re.compile(r"rest\.[a-z0-9-]{1,63}\.braze\.(com|eu)\Z")
_DASHBOARD_HOST = re.compile(r"dashboard-0(\d)\.braze\.(com|eu)\Z")
_NEW_DASHBOARD_HOST = re.compile(r"dashboard\.([a-z]+-\d+)\.braze\.com\Z")
_NO_ENDPOINT = _("This is no REST endpoint of Braze. Example: https://rest.iad-01.braze.com.")


class Identifier(StrEnum):
    """How members are matched to Braze's profiles."""

    EXTERNAL_ID = "external_id"
    USER_ALIAS = "user_alias"


@dataclass(frozen=True, slots=True)
class BrazeConfig:
    """One connection as mapping and sending read it. `objects_per_request` counts all three arrays together."""

    api_key: Secret
    endpoint: str
    identifier: Identifier
    currency: str
    default_optins: tuple[str, ...]
    email_channels: tuple[str, ...] = ("email consent", "newsletter")
    alias_label: str = "convercus_account_id"
    objects_per_request: int = 75


class BrazeForm(forms.Form):
    """The card's form. A stored key is left as it is when the field stays empty."""

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
        choices=[
            (Identifier.EXTERNAL_ID.value, _("external_id: the member's account ID is Braze's external ID")),
            (Identifier.USER_ALIAS.value, _("user_alias: the account ID is an alias labelled convercus_account_id")),
        ],
        initial=Identifier.EXTERNAL_ID.value,
        help_text=_("How members are matched to profiles in Braze."),
        widget=forms.RadioSelect,
    )
    defaultOptins = forms.MultipleChoiceField(  # noqa: N815
        label=_("Default opt-in channels"),
        required=False,
        help_text=_("Used when Braze's e-mail subscription webhook names no channels. At least one is needed."),
        widget=forms.CheckboxSelectMultiple,
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
        if not re.fullmatch(r"[\x21-\x7e]*", key):
            raise ValidationError(_("A key holds no spaces or special characters. Copy it from Braze once more."))
        return key

    def clean_apiEndpoint(self) -> str:  # noqa: N802
        return rest_endpoint(str(self.cleaned_data["apiEndpoint"]), allowed=settings.OUTBOUND_ALLOW)


def rest_endpoint(text: str, *, allowed: frozenset[str]) -> str:
    """The REST address that a text means: a dashboard's address is translated, path and slash are dropped.

    Raises ValidationError with a sentence for people.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
    except ValueError:
        raise ValidationError(_NO_ENDPOINT) from None
    host = (parts.hostname or "").lower()
    if parts.netloc.lower() in allowed and parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{parts.netloc.lower()}"
    if host.startswith("sdk."):
        raise ValidationError(_("This is an SDK endpoint. Use the REST endpoint, which begins with https://rest."))
    host = _rest_host(host)
    if parts.username or not _REST_HOST.match(host) or parts.netloc.lower().partition(":")[2] not in {"", "443"}:
        raise ValidationError(_NO_ENDPOINT)
    if parts.scheme != "https":
        raise ValidationError(_("The endpoint must begin with https://, or the key would travel in the open."))
    return f"https://{host}"


def _rest_host(host: str) -> str:
    """Dashboards and REST hosts pair up: https://www.braze.com/docs/api/basics#endpoints"""
    if old := _DASHBOARD_HOST.match(host):
        return f"rest.{'fra' if old[2] == 'eu' else 'iad'}-0{old[1]}.braze.{old[2]}"
    if new := _NEW_DASHBOARD_HOST.match(host):
        return f"rest.{new[1]}.braze.com"
    return host


def missing_fields(fields: Mapping[str, Any]) -> list[str]:
    """A connection without default opt-ins counts as incomplete: the subscription webhook could not fall back."""
    return [name for name in ("apiKey", "apiEndpoint", "identifierType", "defaultOptins") if not fields.get(name)]


def load_config(stored: Configuration) -> BrazeConfig:
    fields = stored.fields
    return BrazeConfig(
        api_key=fields["apiKey"],
        endpoint=fields["apiEndpoint"],
        identifier=Identifier(fields["identifierType"]),
        currency=stored.currency,
        default_optins=tuple(fields["defaultOptins"]),
    )
