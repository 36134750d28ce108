"""The checks that Braze makes on each object; a refusal is the sentence that the answer carries.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track/ and the pages on the user attributes, event and
purchase objects beside it.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from simulators.braze.batch import Item
from simulators.json_values import Json, JsonObject, write_json

EXTERNAL_ID_BYTES = 987
TEXT_LENGTH = 255
PROPERTIES_BYTES = 100 * 1024
PRIMARY = ("external_id", "user_alias", "braze_id")
EMAIL = re.compile(r"[^@\s,;<>()\"]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
CURRENCY = re.compile(r"[A-Za-z]{3}")
SUBSCRIPTION_STATES = ("opted_in", "subscribed", "unsubscribed")
GROUP_STATES = ("subscribed", "unsubscribed")
RESERVED_PROPERTIES = ("time", "event_name")

NO_IDENTIFIER = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required"
BAD_EMAIL = "The value provided for the 'email' field is not a valid email."


def check_item(item: Item) -> str | None:
    if not isinstance(item.content, dict):
        return "each entry must be an object"
    return _check_identifier(item.content) or CHECKS[item.array](item.content)


def read_time(value: Json) -> datetime | None:
    """An ISO 8601 time; without an offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_email(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_LENGTH and EMAIL.fullmatch(value) is not None


def _check_identifier(content: JsonObject) -> str | None:
    given = [name for name in PRIMARY if content.get(name) not in (None, "")]
    if len(given) > 1:
        return "only one of 'external_id', 'braze_id' and 'user_alias' is allowed"
    if not given:
        secondary = content.get("email") or content.get("phone")
        return None if isinstance(secondary, str) else NO_IDENTIFIER
    value = content[given[0]]
    if given[0] == "user_alias":
        return None if _is_alias(value) else "'user_alias' is not valid"
    if not isinstance(value, str):
        return f"'{given[0]}' is not valid"
    if len(value) * 4 > EXTERNAL_ID_BYTES and len(value.encode()) > EXTERNAL_ID_BYTES:
        return f"'{given[0]}' is too large, at most {EXTERNAL_ID_BYTES} bytes are allowed"
    return None


def _is_alias(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    parts = value.get("alias_name"), value.get("alias_label")
    return all(isinstance(part, str) and part for part in parts)


def _check_attributes(content: JsonObject) -> str | None:
    email = content.get("email")
    if email is not None and not is_email(email):
        return BAD_EMAIL
    for field in ("email_subscribe", "push_subscribe"):
        if field in content and content[field] not in SUBSCRIPTION_STATES:
            return f"'{field}' must be one of {', '.join(SUBSCRIPTION_STATES)}"
    if "email_subscription_info" in content:
        return "'email_subscription_info' is not an attribute"
    location = content.get("current_location")
    if location is not None and not _is_location(location):
        return "'current_location' must have 'longitude' and 'latitude'"
    return _check_groups(content["subscription_groups"]) if "subscription_groups" in content else None


def _check_groups(groups: Json) -> str | None:
    if not isinstance(groups, list):
        return "'subscription_groups' must be an array"
    for group in groups:
        if not isinstance(group, dict) or not isinstance(group.get("subscription_group_id"), str):
            return "each of 'subscription_groups' must have a 'subscription_group_id'"
        if group.get("subscription_state") not in GROUP_STATES:
            return f"'subscription_state' must be one of {', '.join(GROUP_STATES)}"
    return None


def _is_location(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    return all(isinstance(value.get(name), int | float) for name in ("longitude", "latitude"))


def _check_event(content: JsonObject) -> str | None:
    return _check_name(content, "name") or _check_time(content) or _check_properties(content)


def _check_purchase(content: JsonObject) -> str | None:
    if error := _check_name(content, "product_id"):
        return error
    currency, price, quantity = content.get("currency"), content.get("price"), content.get("quantity", 1)
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        return "'currency' is not valid"
    if isinstance(price, bool) or not isinstance(price, int | float):
        return "'price' is not valid"
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= 100:
        return "'quantity' is not valid"
    return _check_time(content) or _check_properties(content)


def _check_name(content: JsonObject, field: str) -> str | None:
    value = content.get(field)
    if value is None or value == "":
        return f"'{field}' is required"
    if not isinstance(value, str) or len(value) > TEXT_LENGTH:
        return f"'{field}' is not valid"
    return None


def _check_time(content: JsonObject) -> str | None:
    if content.get("time") is None:
        return "'time' is required"
    return None if read_time(content["time"]) else "'time' is not valid"


def _check_properties(content: JsonObject) -> str | None:
    properties = content.get("properties")
    if properties is None:
        return None
    if not isinstance(properties, dict):
        return "'properties' is not valid"
    for name in properties:
        if name in RESERVED_PROPERTIES:
            return f"the property name '{name}' is reserved"
        if not name or name[0] == "$" or len(name) > TEXT_LENGTH:
            return f"the property name '{name[:TEXT_LENGTH]}' is not valid"
    nested = any(isinstance(value, dict | list) for value in properties.values())
    if nested and len(write_json(properties)) > PROPERTIES_BYTES:
        return "'properties' is too large"
    return None


CHECKS: dict[str, Callable[[JsonObject], str | None]] = {
    "attributes": _check_attributes,
    "events": _check_event,
    "purchases": _check_purchase,
}
