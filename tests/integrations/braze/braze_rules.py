"""What Braze takes, written down from its documentation, without a look at the mapping.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track and the object pages beside it.
"""

import json
import re
from datetime import datetime

SUBSCRIPTIONS = {"opted_in", "subscribed", "unsubscribed"}
TEXT_FIELDS = {"first_name", "last_name", "home_city", "email", "phone"}
STEERING = {"external_id", "user_alias", "_update_existing_only", "_merge_objects"}
OBJECT_BYTES = 100 * 1024


def faults(array, body):
    """What Braze would refuse or silently drop in an object; [] when all of it arrives."""
    found = list(_identifier_faults(body))
    if len(json.dumps(body, ensure_ascii=False).encode()) > OBJECT_BYTES:
        found.append("larger than 100 KB")
    checks = {"attributes": _attribute_faults, "events": _event_faults, "purchases": _purchase_faults}
    return found + list(checks[array](body))


def _identifier_faults(body):
    given = [name for name in ("external_id", "user_alias", "braze_id") if name in body]
    if len(given) != 1:
        yield "not exactly one identifier"
    if "external_id" in body and not 1 <= len(body["external_id"].encode()) <= 987:
        yield "external_id is empty or too long"
    if "user_alias" in body and not (
        set(body["user_alias"]) == {"alias_name", "alias_label"} and all(body["user_alias"].values())
    ):
        yield "user_alias is incomplete"


def _attribute_faults(body):
    for name, value in body.items():
        if name in STEERING:
            continue
        if not 1 <= len(name) <= 255 or name[0] == "$":
            yield f"{name[:20]}: not a name"
        if value is not None:
            yield from _value_faults(name, value)
    balance = body.get("convercus_balance")
    if isinstance(balance, dict) and len(balance) < 3 and body.get("_merge_objects") is not True:
        yield "the rest of the balance would be written over"


def _value_faults(name, value):
    if name in ("email_subscribe", "push_subscribe") and value not in SUBSCRIPTIONS:
        yield f"{name}: not a state"
    elif name == "gender" and value not in set("MFONP"):
        yield "gender: not a code"
    elif name == "country" and not re.fullmatch("[A-Z]{2}", value):
        yield "country: not two letters"
    elif name == "dob" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield "dob: not a date"
    elif name == "email" and not re.fullmatch(r"[^@\s]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", value):
        yield "email: not an address"
    elif name in TEXT_FIELDS and not isinstance(value, str):
        yield f"{name}: not a text"
    if isinstance(value, list):
        yield from _list_faults(name, value)
    elif isinstance(value, dict):
        if set(value) <= {"inc", "add", "remove"}:
            yield f"{name}: an order"
        yield from _nested_faults(name, value, 1)
    else:
        yield from _single_faults(name, value)


def _single_faults(name, value):
    if isinstance(value, str) and len(value) > 255:
        yield f"{name}: text too long"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield f"{name}: number too large"
    if value is None:
        yield f"{name}: null"


def _list_faults(name, values):
    if any(isinstance(value, dict) for value in values):
        yield from _nested_faults(name, values, 0)
        return
    if len(values) > 25 or len({(type(value), value) for value in values}) < len(values):
        yield f"{name}: too many elements, or one twice"
    for value in values:
        yield from _single_faults(name, value)


def _nested_faults(name, value, depth):
    if depth > 40:
        yield f"{name}: nested too deep"
    elif isinstance(value, list):
        for inner in value:
            yield from _nested_faults(name, inner, depth + 1)
    elif isinstance(value, dict):
        if depth > 1 and set(value) == {"$time"}:
            datetime.fromisoformat(value["$time"])
            return
        for key, inner in value.items():
            if not key or len(key) > 255 or re.search(r"[ .$]", key):
                yield f"{name}: bad key"
            yield from _nested_faults(name, inner, depth + 1)
    else:
        yield from _single_faults(name, value)


def _event_faults(body):
    if not isinstance(body["name"], str) or not 1 <= len(body["name"]) <= 255:
        yield "no name"
    yield from _time_faults(body)
    yield from _property_faults(body["properties"])
    if body["name"].startswith("ecommerce."):
        yield from _order_faults(body["properties"])


def _purchase_faults(body):
    if not isinstance(body["product_id"], str) or not 1 <= len(body["product_id"]) <= 255:
        yield "product_id: missing or too long"
    if not re.fullmatch("[A-Z]{3}", body["currency"]):
        yield "currency: not a code"
    if isinstance(body["price"], bool) or not isinstance(body["price"], int | float):
        yield "price: not a number"
    if body["quantity"] != 1:
        yield "quantity: not one"
    yield from _time_faults(body)
    yield from _property_faults(body["properties"])


def _time_faults(body):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["time"]):
        yield "time: not ISO 8601 in UTC"


def _property_faults(properties):
    for name, value in properties.items():
        if not 1 <= len(name) <= 255 or name[0] == "$" or name in ("time", "event_name"):
            yield f"property {name[:20]}: not a name"
        for single in _leaves(value):
            yield from _single_faults(name, single)


def _leaves(value):
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


def _order_faults(properties):
    if not {"order_id", "total_value", "currency", "products", "source"} <= set(properties):
        yield "order: a property is missing"
    if not properties["order_id"].strip() or properties["total_value"] < 0 or not properties["products"]:
        yield "order: empty, or less than nothing"
    for product in properties["products"]:
        texts = [product[name] for name in ("product_id", "product_name", "variant_id")]
        if not all(isinstance(text, str) and 1 <= len(text) <= 255 for text in texts):
            yield "order: a product without a name"
        if not isinstance(product["quantity"], int) or product["quantity"] < 0 or product["price"] < 0:
            yield "order: a product with less than nothing"
