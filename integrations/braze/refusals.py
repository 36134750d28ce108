"""What Braze says about objects that it does not take, in words for people.

The kinds: https://www.braze.com/docs/api/endpoints/user_data/post_user_track. An answer carries a sentence or the
kind's name, so both are known here.
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from integrations.shown import Explained, Remedy

_EDIT_ONE = _("Correct the value and send the event again.")
_EDIT = _("Open one of these events, correct the value and send it again; the others of its kind need the same.")
_SOURCE = _("Correct the value where it comes from, in the loyalty platform. What failed can be edited and sent again.")
_SOURCE_ONE = _("Correct the value where it comes from, in the loyalty platform, or edit the event and send it again.")
_MAPPING_ONE = _("Change the field under “Events & mapping”, or leave it out there. Then send the event again.")
_MAPPING = _("Change the field under “Events & mapping”, or leave it out there. Then send these events again.")

_KNOWN: tuple[tuple[str, Explained], ...] = (
    (
        r"MISSING_IDENTIFIER|'external_id'.*is required",
        Explained(
            _("No identifier"),
            _("Braze was told of something without being told of whom: the member has no value for the identifier."),
            _("Check under “Connection” which identifier is sent, and that members have it. Then send these again."),
            Remedy.CONNECTION,
            _(
                "Check under “Connection” which identifier is sent, and that members have it. Then send the event "
                "again."
            ),
        ),
    ),
    (
        r"EXTERNAL_USER_ID_TOO_LARGE|'(external_id|braze_id)' is too large",
        Explained(
            _("Identifier too long"),
            _("The member's identifier has more than 987 bytes, and Braze takes none that is longer."),
            _("Correct the identifier in the loyalty platform. Events with the old one cannot arrive."),
            Remedy.CONNECTION,
        ),
    ),
    (
        r"BLACKLISTED_EXTERNAL_USER_ID|blacklisted",
        Explained(
            _("Identifier blocked by Braze"),
            _("Braze has this identifier on its list of blocked ones, for example because it stands for many people."),
            _("Find out whether many members share it, or ask Braze to take it off the list. Then send these again."),
            Remedy.CONNECTION,
            _(
                "Find out whether many members share it, or ask Braze to take it off the list. Then send the event "
                "again."
            ),
        ),
    ),
    (
        r"TOO_MANY_IDENTIFIERS|only one of 'external_id'|BAD_EXTERNAL_USER_ID|BAD_USER_ALIAS"
        r"|'(external_id|user_alias)' is not valid",
        Explained(
            _("Identifier not valid"),
            _("Braze does not take the identifier as it was sent."),
            _("Check under “Connection” which identifier is sent and in which form. Then send these events again."),
            Remedy.CONNECTION,
            _("Check under “Connection” which identifier is sent and in which form. Then send the event again."),
        ),
    ),
    (
        r"EMAIL_BAD_FORMAT|'email' field is not a valid email|'email'.*not valid",
        Explained(
            _("Mail address not valid"),
            _("The member's mail address is not one that Braze takes, so none of the member's attributes were stored."),
            _SOURCE,
            Remedy.DATA,
            _SOURCE_ONE,
        ),
    ),
    (
        r"BAD_(EMAIL|PUSH)_SUBSCRIPTION_STATE|'(email|push)_subscribe'",
        Explained(
            _("Subscription state not valid"),
            _("A subscription is neither opted_in, subscribed nor unsubscribed."),
            _EDIT,
            Remedy.DATA,
            _EDIT_ONE,
        ),
    ),
    (
        r"BAD_SUBSCRIPTION_GROUP_(ARRAY|HASH|ID|STATE)|subscription_group",
        Explained(
            _("Subscription group not valid"),
            _("Braze does not know the subscription group, or the state that was sent for it."),
            _MAPPING,
            Remedy.MAPPING,
            _MAPPING_ONE,
        ),
    ),
    (
        r"BAD_LOCATION_UPDATE|'current_location'",
        Explained(
            _("Location not complete"),
            _("A location needs longitude and latitude, and one of them was missing."),
            _EDIT,
            Remedy.DATA,
            _EDIT_ONE,
        ),
    ),
    (
        r"BAD_PUSH_TOKEN_(APP_ID|IMPORT|STRING|VALUE)|push[ _]token",
        Explained(
            _("Push token not valid"),
            _("Braze does not take the push token: it is no text, or belongs to an app that the workspace lacks."),
            _("Check the app's id where push tokens are registered. The member's next token replaces this one."),
            Remedy.DATA,
        ),
    ),
    (
        r"BAD_DEVICE_ID|'device_id'",
        Explained(
            _("Device id not valid"),
            _("The id of the device has fewer than 8 or more than 255 bytes."),
            _EDIT,
            Remedy.DATA,
            _EDIT_ONE,
        ),
    ),
    (
        r"INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO|email_subscription_info",
        Explained(
            _("Reserved attribute"),
            _("“email_subscription_info” belongs to Braze and cannot be set."),
            _("Rename the attribute under “Events & mapping”, or leave it out. Then send these events again."),
            Remedy.MAPPING,
            _("Rename the attribute under “Events & mapping”, or leave it out. Then send the event again."),
        ),
    ),
    (
        r"RESERVED_PROPERTY_NAME|property name .* is reserved",
        Explained(
            _("Reserved property name"),
            _("An event carries a property under a name that Braze keeps for itself, such as “time” or “event_name”."),
            _("Rename the property in the loyalty platform, or edit the event and send it again."),
            Remedy.DATA,
        ),
    ),
    (
        r"BAD_PROPERTY_NAME|property name .* is not valid|BAD_PROPERTIES|'properties' is not valid",
        Explained(
            _("Property name not valid"),
            _("A property has no name, one that begins with $, or one of more than 255 characters."),
            _EDIT,
            Remedy.DATA,
            _EDIT_ONE,
        ),
    ),
    (
        r"PROPERTIES_TOO_LARGE|'properties' is too large",
        Explained(
            _("Too many properties"),
            _("The properties of one event are larger than 100 KB, and Braze takes none that are larger."),
            _("Edit the event and leave out what nobody needs in Braze. Then send it again."),
            Remedy.DATA,
        ),
    ),
    (
        r"BAD_CURRENCY|'currency'|BAD_PRICE|'price'|BAD_QUANTITY|'quantity'|(MISSING|BAD)_PRODUCT_ID|'product_id'",
        Explained(
            _("Purchase not valid"),
            _("Braze does not take the purchase: its currency, price, quantity or product is missing or out of range."),
            _EDIT,
            Remedy.DATA,
            _EDIT_ONE,
        ),
    ),
    (
        r"PURCHASES_UNAVAILABLE|purchases are not available",
        Explained(
            _("Purchases not available"),
            _("This workspace takes no purchases any more, only eCommerce events."),
            _("Choose eCommerce events for the revenue under “Events & mapping”. Then send these events again."),
            Remedy.MAPPING,
            _("Choose eCommerce events for the revenue under “Events & mapping”. Then send the event again."),
        ),
    ),
    (
        r"(MISSING|BAD)_(NAME|TIME)|'(name|time)' is (required|not valid)",
        Explained(
            _("Event name or time not valid"),
            _("Braze wants a name of up to 255 characters and a moment for each event."),
            _("If the event was renamed, check its name under “Events & mapping”. Then send these events again."),
            Remedy.MAPPING,
            _("If the event was renamed, check its name under “Events & mapping”. Then send the event again."),
        ),
    ),
    (
        r"INVALID_ECOMMERCE_EVENT|ecommerce",
        Explained(
            _("eCommerce event not complete"),
            _("A field that Braze's eCommerce events need is missing, or has another type."),
            _EDIT,
            Remedy.DATA,
            _EDIT_ONE,
        ),
    ),
    (
        r"400: .*(parsing request body|check your syntax)|^400: Valid data must be provided|^400:",
        Explained(
            _("Request refused"),
            _("Braze could make nothing of the request, although it held one event alone."),
            _("Open one of these events and compare what was sent with what Braze says. Edit it, or the mapping."),
            Remedy.DATA,
            _("Compare what was sent with what Braze says. Edit the event and send it again, or change the mapping."),
        ),
    ),
    (
        r"^413:|Max Input Length",
        Explained(
            _("Request too large"),
            _("The event alone is larger than Braze takes in one request."),
            _("Edit the event and leave out what nobody needs in Braze. Then send it again."),
            Remedy.DATA,
        ),
    ),
)
_FINDERS: tuple[tuple[Callable[[str], object], Explained], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE).search, found) for pattern, found in _KNOWN
)


def explain(reason: str) -> Explained | None:
    """The first kind whose name or sentence stands in the reason."""
    return next((found for finds, found in _FINDERS if finds(reason)), None)
