"""What the fields of Braze's form offer."""

from django.utils.translation import gettext_lazy as _

from integrations.braze.config import (
    Identifier,
    IdentifierValue,
    MissingOptin,
    ProductIdMode,
    PropertyMode,
    RevenueMode,
)
from integrations.braze.mapping.names import ATTRIBUTES, CUSTOM_PROPERTIES, EVENT_NAMES

IDENTIFIERS = [
    (Identifier.EXTERNAL_ID.value, _("external_id: the member's ID is Braze's external ID")),
    (Identifier.USER_ALIAS.value, _("user_alias: the member's ID is an alias, labelled convercus_account_id")),
]
IDENTIFIER_VALUES = [
    (IdentifierValue.ACCOUNT_ID.value, _("Account ID: one profile for each account")),
    (IdentifierValue.USER_ID.value, _("User ID: one profile for each person, whatever the number of accounts")),
    (IdentifierValue.EXTERNAL_CODE.value, _("External code: the code under which another system knows the member")),
]
EVENTS = list(EVENT_NAMES.items())
ATTRIBUTE_NAMES = [(name, _("custom user properties") if name == CUSTOM_PROPERTIES else name) for name in ATTRIBUTES]
REVENUE_MODES = [
    (RevenueMode.PURCHASES.value, _("Purchases: count in Braze's revenue reports")),
    (RevenueMode.ECOMMERCE_EVENTS.value, _("eCommerce events: for workspaces that cannot take purchases any more")),
    (RevenueMode.CUSTOM_EVENT_ONLY.value, _("Only the custom event convercus_account_transaction")),
    (RevenueMode.OFF.value, _("No revenue")),
]
PRODUCT_ID_MODES = [
    (ProductIdMode.TRANSACTION_ID.value, _("The transaction's ID. Braze keeps 5,000 product IDs at most")),
    (ProductIdMode.FIXED_NAME.value, _("One name for all purchases, set below")),
    (ProductIdMode.CATEGORY.value, _("The merchandise group: one purchase for each, three at most for a receipt")),
]
MISSING_OPTINS = [
    (MissingOptin.SUBSCRIBED.value, _("Send “subscribed”, Braze's neutral state")),
    (MissingOptin.LEAVE_OUT.value, _("Send nothing, so that what Braze has stays as it is")),
]
PROPERTY_MODES = [
    (PropertyMode.ALL_BUT.value, _("are sent")),
    (PropertyMode.ONLY.value, _("are not sent")),
]
