"""The frozen configuration that mapping and sending read, and how it is read from what is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from integrations.braze.mapping.names import ATTRIBUTES, EVENT_NAMES
from integrations.spec import Configuration
from loyalty_api.contract import LoyaltyEvent
from selfservice.secrets.secret import Secret


class Identifier(StrEnum):
    """How members are matched to Braze's profiles."""

    EXTERNAL_ID = "external_id"
    USER_ALIAS = "user_alias"


class IdentifierValue(StrEnum):
    """Which of a member's ids is sent as the identifier."""

    ACCOUNT_ID = "account_id"
    USER_ID = "user_id"
    EXTERNAL_CODE = "external_code"


class RevenueMode(StrEnum):
    """What a receipt becomes besides its custom event."""

    PURCHASES = "purchases"
    ECOMMERCE_EVENTS = "ecommerce_events"
    CUSTOM_EVENT_ONLY = "custom_event_only"
    OFF = "off"


class ProductIdMode(StrEnum):
    """What a purchase names as its product."""

    TRANSACTION_ID = "transaction_id"
    FIXED_NAME = "fixed_name"
    CATEGORY = "category"


class MissingOptin(StrEnum):
    """What is sent when the platform has no record of consent to e-mail either way."""

    SUBSCRIBED = "subscribed"
    LEAVE_OUT = "leave_out"


class PropertyMode(StrEnum):
    """Which of the properties that a program defines on its users are sent, of those that nobody has decided on too."""

    ALL_BUT = "all_but"
    ONLY = "only"


EMAIL_CHANNELS = ("email consent", "newsletter")
ALIAS_LABEL = "convercus_account_id"
PRODUCT_NAME = "Completed Order"
OBJECTS_PER_REQUEST = 75


@dataclass(frozen=True, slots=True)
class BrazeConfig:
    """One connection as mapping and sending read it; the defaults are what the published integration sends.

    `objects_per_request` counts all three arrays together, or each by itself if `is_per_array`. With `has_bulk` the
    customer may use /users/track/bulk. `renames` leads from our names of events and attributes to the customer's.
    `properties` are a program's own properties of its users: those that are not sent or, by the mode, the only ones;
    `property_renames` leads from their names to the customer's.
    """

    api_key: Secret
    endpoint: str
    identifier: Identifier
    currency: str
    default_optins: tuple[str, ...]
    identifier_value: IdentifierValue = IdentifierValue.ACCOUNT_ID
    alias_label: str = ALIAS_LABEL
    is_update_only: bool = False
    events: frozenset[str] = frozenset(EVENT_NAMES)
    attributes: frozenset[str] = frozenset(ATTRIBUTES)
    revenue_mode: RevenueMode = RevenueMode.PURCHASES
    product_id_mode: ProductIdMode = ProductIdMode.TRANSACTION_ID
    product_name: str = PRODUCT_NAME
    email_channels: tuple[str, ...] = EMAIL_CHANNELS
    missing_optin: MissingOptin = MissingOptin.SUBSCRIBED
    has_flat_balance: bool = False
    has_next_tier: bool = False
    has_expiring_points: bool = False
    renames: Mapping[str, str] = field(default_factory=dict)
    property_mode: PropertyMode = PropertyMode.ALL_BUT
    properties: frozenset[str] = frozenset()
    property_renames: Mapping[str, str] = field(default_factory=dict)
    objects_per_request: int = OBJECTS_PER_REQUEST
    is_per_array: bool = False
    has_bulk: bool = False


def missing_fields(fields: Mapping[str, Any]) -> list[str]:
    """A connection without default opt-ins counts as incomplete: the subscription webhook could not fall back."""
    return [name for name in ("apiKey", "apiEndpoint", "identifierType", "defaultOptins") if not fields.get(name)]


def load_config(stored: Configuration) -> BrazeConfig:
    """Fields that are not stored, because the connection is older than they are, have their defaults."""
    fields = stored.fields
    return BrazeConfig(
        api_key=fields["apiKey"],
        endpoint=fields["apiEndpoint"],
        identifier=Identifier(fields["identifierType"]),
        currency=stored.currency,
        default_optins=tuple(fields["defaultOptins"]),
        identifier_value=IdentifierValue(fields.get("identifierValue") or IdentifierValue.ACCOUNT_ID),
        alias_label=fields.get("aliasLabel") or ALIAS_LABEL,
        is_update_only=bool(fields.get("updateExistingOnly")),
        events=frozenset(fields.get("events", EVENT_NAMES)),
        attributes=frozenset(fields.get("attributes", ATTRIBUTES)),
        revenue_mode=RevenueMode(fields.get("revenueMode") or RevenueMode.PURCHASES),
        product_id_mode=ProductIdMode(fields.get("productIdMode") or ProductIdMode.TRANSACTION_ID),
        product_name=fields.get("productName") or PRODUCT_NAME,
        email_channels=lines(fields.get("emailChannels", "")) or EMAIL_CHANNELS,
        missing_optin=MissingOptin(fields.get("missingOptin") or MissingOptin.SUBSCRIBED),
        has_flat_balance=bool(fields.get("flatBalance")),
        has_next_tier=bool(fields.get("nextTier")),
        has_expiring_points=bool(fields.get("expiringPoints")),
        renames=rename_pairs(fields.get("rename", "")),
        property_mode=PropertyMode(fields.get("propertyMode") or PropertyMode.ALL_BUT),
        properties=frozenset(name_lines(fields.get("properties", ""))),
        property_renames=rename_pairs(fields.get("propertyRename", "")),
        objects_per_request=int(fields.get("objectsPerRequest") or OBJECTS_PER_REQUEST),
        is_per_array=bool(fields.get("objectsPerArray")),
        has_bulk=bool(fields.get("bulkResync")),
    )


def lines(text: str) -> tuple[str, ...]:
    """The entries of a text area, one a line or parted by commas."""
    entries = (entry.strip() for line in text.splitlines() for entry in line.split(","))
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def name_lines(text: str) -> tuple[str, ...]:
    """One name a line; unlike a channel's, a name may hold a comma."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))


def rename_pairs(text: str) -> dict[str, str]:
    """`old = new`, one a line. The form has seen to it that the lines are right."""
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {old.strip(): new.strip() for old, _equals, new in pairs}


def profile_key(event: LoyaltyEvent, fields: Mapping[str, Any]) -> str:
    """The identifier that is sent. An event without it stays in the order of its account until it is filtered."""
    match fields.get("identifierValue"):
        case IdentifierValue.USER_ID:
            return event.user_id or event.account_id
        case IdentifierValue.EXTERNAL_CODE:
            return event.external_code or event.account_id
    return event.account_id


def target(config: BrazeConfig) -> str:
    """Tells one set of profiles from another: what was sent to one of them is unknown to the next.

    Where only existing profiles are updated, Braze says yes to what it dropped; what was sent so proves nothing later.
    """
    parts = (
        config.api_key.reveal(),
        config.endpoint,
        config.identifier,
        config.identifier_value,
        config.alias_label if config.identifier == Identifier.USER_ALIAS else "",
        *(("update_only",) if config.is_update_only else ()),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
