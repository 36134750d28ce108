"""The checks that Braze makes on each object; a refusal is the sentence that the answer carries.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track/ and the pages on the user attributes, event and
purchase objects beside it.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from simulators.braze.batch import Item
from simulators.braze.ecommerce import SCHEMAS, check_ecommerce
from simulators.braze.refusals import Refusal
from simulators.braze.reserved_fields import check_reserved_fields
from simulators.braze.rules import Rules
from simulators.json_values import Json, JsonObject, write_json

EXTERNAL_ID_BYTES = 987
TEXT_LENGTH = 255
PROPERTIES_BYTES = 100 * 1024
QUANTITY = 100
PRIMARY = ("external_id", "user_alias", "braze_id")
CURRENCY = re.compile(r"[A-Za-z]{3}")
RESERVED_PROPERTIES = ("time", "event_name")
USUAL_RULES = Rules()

NO_IDENTIFIER = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required"
NO_PURCHASES = Refusal("purchases are not available for this workspace, use eCommerce events", "PURCHASES_UNAVAILABLE")


def check_item(item: Item, rules: Rules = USUAL_RULES) -> Refusal | None:
    if not isinstance(item.content, dict):
        return Refusal("each entry must be an object")
    return _check_identifier(item.content, rules) or CHECKS[item.array](item.content, rules)


def read_time(value: Json) -> datetime | None:
    """An ISO 8601 time; without an offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_alias(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    parts = value.get("alias_name"), value.get("alias_label")
    return all(isinstance(part, str) and part for part in parts)


def check_external_id(value: Json, rules: Rules, field: str = "external_id") -> Refusal | None:
    if not isinstance(value, str) or not value:
        return Refusal(f"'{field}' is not valid", "BAD_EXTERNAL_USER_ID")
    if len(value) * 4 > EXTERNAL_ID_BYTES and len(value.encode()) > EXTERNAL_ID_BYTES:
        sentence = f"'{field}' is too large, at most {EXTERNAL_ID_BYTES} bytes are allowed"
        return Refusal(sentence, "EXTERNAL_USER_ID_TOO_LARGE")
    if value in rules.blocked_ids:
        return Refusal("provided external_id is blacklisted and disallowed", "BLACKLISTED_EXTERNAL_USER_ID")
    return None


def _check_identifier(content: JsonObject, rules: Rules) -> Refusal | None:
    given = [name for name in PRIMARY if content.get(name) not in (None, "")]
    if len(given) > 1:
        return Refusal("only one of 'external_id', 'braze_id' and 'user_alias' is allowed", "TOO_MANY_IDENTIFIERS")
    if not given:
        secondary = content.get("email") or content.get("phone")
        return None if isinstance(secondary, str) else Refusal(NO_IDENTIFIER, "MISSING_IDENTIFIER")
    value = content[given[0]]
    if given[0] == "user_alias":
        return None if is_alias(value) else Refusal("'user_alias' is not valid", "BAD_USER_ALIAS")
    return check_external_id(value, rules, given[0])


def _check_event(content: JsonObject, rules: Rules) -> Refusal | None:
    error = _check_name(content, "name") or _check_time(content) or _check_properties(content)
    if error is None and content["name"] in SCHEMAS:
        return check_ecommerce(str(content["name"]), content.get("properties"))
    return error


def _check_purchase(content: JsonObject, rules: Rules) -> Refusal | None:
    if not rules.purchases:
        return NO_PURCHASES
    if error := _check_name(content, "product_id"):
        return error
    currency, price, quantity = content.get("currency"), content.get("price"), content.get("quantity", 1)
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        return Refusal("'currency' is not valid", "BAD_CURRENCY")
    if isinstance(price, bool) or not isinstance(price, int | float):
        return Refusal("'price' is not valid", "BAD_PRICE")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= QUANTITY:
        return Refusal("'quantity' is not valid", "BAD_QUANTITY")
    return _check_time(content) or _check_properties(content)


def _check_name(content: JsonObject, field: str) -> Refusal | None:
    value = content.get(field)
    if value is None or value == "":
        return Refusal(f"'{field}' is required", f"MISSING_{field.upper()}")
    if not isinstance(value, str) or len(value) > TEXT_LENGTH:
        return Refusal(f"'{field}' is not valid", f"BAD_{field.upper()}")
    return None


def _check_time(content: JsonObject) -> Refusal | None:
    if content.get("time") is None:
        return Refusal("'time' is required", "MISSING_TIME")
    return None if read_time(content["time"]) else Refusal("'time' is not valid", "BAD_TIME")


def _check_properties(content: JsonObject) -> Refusal | None:
    properties = content.get("properties")
    if properties is None:
        return None
    if not isinstance(properties, dict):
        return Refusal("'properties' is not valid", "BAD_PROPERTIES")
    for name in properties:
        if name in RESERVED_PROPERTIES:
            return Refusal(f"the property name '{name}' is reserved", "RESERVED_PROPERTY_NAME")
        if not name or name[0] == "$" or len(name) > TEXT_LENGTH:
            return Refusal(f"the property name '{name[:TEXT_LENGTH]}' is not valid", "BAD_PROPERTY_NAME")
    nested = any(isinstance(value, dict | list) for value in properties.values())
    if nested and len(write_json(properties)) > PROPERTIES_BYTES:
        return Refusal("'properties' is too large", "PROPERTIES_TOO_LARGE")
    return None


CHECKS: dict[str, Callable[[JsonObject, Rules], Refusal | None]] = {
    "attributes": check_reserved_fields,
    "events": _check_event,
    "purchases": _check_purchase,
}
