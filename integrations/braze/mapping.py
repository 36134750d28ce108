"""From a loyalty event to Braze's objects. Pure.

Formats: https://www.braze.com/docs/api/objects_filters/user_attributes_object and its neighbours.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from integrations.spec import Filtered, Mapped, Record
from loyalty_api.contract import EventType, Json, LoyaltyEvent, channel_key

if TYPE_CHECKING:
    from integrations.braze.config import BrazeConfig

MAX_TEXT = 255
# https://www.braze.com/docs/api/objects_filters/event_object: these names are refused in properties.
_RESERVED_PROPERTIES = frozenset({"time", "event_name"})
_GENDERS = {"MALE": "M", "FEMALE": "F", "DIVERSE": "O"}
_STANDARD_FIELDS = {
    "email": "emailAddress",
    "phone": "phone",
    "first_name": "givenName",
    "last_name": "familyName",
    "dob": "birthDate",
    "home_city": "city",
    "country": "countryCode",
}
# A custom property must not write over these; the second half is what Braze reserves besides.
_TAKEN_ATTRIBUTES = frozenset(_STANDARD_FIELDS) | {
    *("external_id", "user_alias", "braze_id", "gender", "email_subscribe", "push_subscribe", "_merge_objects"),
    *("_update_existing_only", "language", "time_zone", "subscription_groups", "push_tokens", "push_token_import"),
    *("current_location", "date_of_first_session", "date_of_last_session", "marked_email_as_spam_at"),
    *("email_open_tracking_disabled", "email_click_tracking_disabled", "facebook", "twitter", "image_url"),
}
_OWNER_ROLES = frozenset({"", "OWNER"})

Attributes = dict[str, Json]
AttributeRule = Callable[[LoyaltyEvent, "BrazeConfig"], Attributes]


def map_event(event: LoyaltyEvent, config: "BrazeConfig") -> Mapped | Filtered:
    """One event becomes attributes, where it tells of any, a custom event, and a purchase for an earning receipt."""
    if event.type not in EventType.__members__:
        return Filtered("unknown_type")
    notes: list[str] = []
    attributes = _clean(_ATTRIBUTES.get(event.type, _no_attributes)(event, config), notes)
    records = []
    if attributes:
        records.append(Record("attributes", _profile(event, config) | attributes, is_repeatable=True))
    records.append(Record("events", _custom_event(event, config, notes), is_repeatable=False))
    if event.type == EventType.ACCOUNT_TRANSACTION and event.data.get("transactionType") == "EARNTRANSACTION":
        records.append(Record("purchases", _purchase(event, config, notes), is_repeatable=False))
    return Mapped(tuple(records), tuple(notes))


def profile_key(event: LoyaltyEvent, _fields: Mapping[str, Json]) -> str:
    return event.account_id


def _profile(event: LoyaltyEvent, config: "BrazeConfig") -> Attributes:
    if config.identifier == "external_id":
        return {"external_id": event.account_id}
    # Braze creates no profile for an alias unless it is told to.
    alias = {"alias_name": event.account_id, "alias_label": config.alias_label}
    return {"user_alias": alias, "_update_existing_only": False}


def _custom_event(event: LoyaltyEvent, config: "BrazeConfig", notes: list[str]) -> Attributes:
    return _profile(event, config) | {
        "name": f"convercus_{event.type.lower()}",
        "time": _iso(event.occurred_at),
        "properties": _clean(_properties(event), notes),
    }


def _properties(event: LoyaltyEvent) -> Attributes:
    found = {_snake(name): value for name, value in event.data.items() if _is_plain(value)}
    if event.type == EventType.ACCOUNT_TRANSACTION:
        found |= _transaction_properties(event)
    if event.type == EventType.STATUS_LEVEL_CHANGED and "direction" not in found:
        found |= _direction(event)
    kept = {name: value for name, value in found.items() if _is_property_name(name)}
    return kept | {"event_id": event.event_id}


def _is_property_name(name: str) -> bool:
    return bool(name) and name not in _RESERVED_PROPERTIES and not name.startswith("$") and len(name) <= MAX_TEXT


def _direction(event: LoyaltyEvent) -> Attributes:
    """Told from the first and to no level; between two levels the platform has to say it."""
    if not event.data.get("oldLevel"):
        return {"direction": "up"}
    return {} if event.data.get("newLevel") else {"direction": "down"}


def _transaction_properties(event: LoyaltyEvent) -> Attributes:
    data = event.data
    lines = data.get("lineItems")
    items = [_line_item(item) for item in lines if isinstance(item, Mapping)] if isinstance(lines, list) else []
    return {
        "transaction_id": data.get("transactionId"),
        "original_transaction_id": data.get("originalTransactionId"),
        "points": data.get("points"),
        "line_items": items or None,
    }


def _line_item(item: Mapping[str, Json]) -> Attributes:
    found = {
        "item_id": item.get("itemId"),
        "merchandise_group": item.get("merchandiseGroup"),
        "description": item.get("description"),
        "quantity": item.get("quantity"),
        "amount": item.get("extendedAmount"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _purchase(event: LoyaltyEvent, config: "BrazeConfig", notes: list[str]) -> Attributes:
    data = event.data
    properties = _transaction_properties(event) | {"event_id": event.event_id}
    return _profile(event, config) | {
        "product_id": str(data["transactionId"])[:MAX_TEXT],
        "currency": str(data.get("currency") or config.currency),
        "price": float(data["amount"]),
        "quantity": 1,
        "time": str(data.get("transactionTime") or _iso(event.occurred_at)),
        "properties": _clean(properties, notes),
    }


def _balance(event: LoyaltyEvent, _config: "BrazeConfig") -> Attributes:
    names = ("points", "lockedPoints", "statusPoints")
    # One bad value inside makes Braze drop the whole object, so only numbers get in.
    numbers = {name: event.data[name] for name in names if _is_number(event.data.get(name))}
    return {"convercus_balance": numbers} if numbers else {}


def _status_level(event: LoyaltyEvent, _config: "BrazeConfig") -> Attributes:
    return {"convercus_status_level": event.data.get("newLevel")}


def _membership(event: LoyaltyEvent, config: "BrazeConfig") -> Attributes:
    """One profile stands for one account, so only the owner's data is written to it."""
    role = event.data.get("memberRole") or event.member_role
    if role not in _OWNER_ROLES:
        return {}
    ids = {
        "convercus_account_id": event.account_id,
        "convercus_user_id": event.user_id or None,
        "convercus_partner_id": event.data.get("partnerId") or event.partner_id or None,
        "convercus_member_role": role or None,
    }
    return ids | _optins(event, config) | _person(event.data.get("user"))


def _user(event: LoyaltyEvent, _config: "BrazeConfig") -> Attributes:
    if event.member_role not in _OWNER_ROLES:
        return {}
    ids = {"convercus_account_id": event.account_id, "convercus_user_id": event.user_id or None}
    return ids | _person(event.data.get("user"))


def _optins(event: LoyaltyEvent, config: "BrazeConfig") -> Attributes:
    if (event.data.get("memberRole") or event.member_role) not in _OWNER_ROLES:
        return {}
    channels = {channel_key(name) for name in config.email_channels}
    allowed = {channel_key(str(name)) for name in event.data.get("allowedOptins") or []}
    declined = {channel_key(str(name)) for name in event.data.get("declinedOptIns") or []}
    if channels & allowed:
        return {"email_subscribe": "opted_in"}
    return {"email_subscribe": "unsubscribed" if channels & declined else "subscribed"}


def _account(event: LoyaltyEvent, _config: "BrazeConfig") -> Attributes:
    return {"convercus_account_id": event.account_id}


def _no_attributes(_event: LoyaltyEvent, _config: "BrazeConfig") -> Attributes:
    return {}


_ATTRIBUTES: Mapping[str, AttributeRule] = {
    EventType.ACCOUNT_CREATED: _account,
    EventType.BALANCE_CHANGED: _balance,
    EventType.STATUS_LEVEL_CHANGED: _status_level,
    EventType.MEMBERSHIP_CREATED: _membership,
    EventType.MEMBERSHIP_OPTINS_CHANGED: _optins,
    EventType.USER_CREATED: _user,
    EventType.USER_CHANGED: _user,
}


def _person(user: Json) -> Attributes:
    if not isinstance(user, Mapping):
        return {}
    found: Attributes = {name: user.get(source) for name, source in _STANDARD_FIELDS.items()}
    found["gender"] = _GENDERS.get(str(user.get("genderCode") or ""))
    return dict(_custom_properties(user)) | found


def _custom_properties(user: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for item in user.get("customProperties") or []:
        name = str(item.get("name") or "") if isinstance(item, Mapping) else ""
        if (
            name
            and len(name) <= MAX_TEXT
            and name not in _TAKEN_ATTRIBUTES
            and not name.startswith(("$", "convercus_"))
        ):
            yield name, item.get("value")


def _clean(values: Attributes, notes: list[str]) -> Attributes:
    """Without absent values, and with texts short enough: Braze drops a longer one without a word."""
    kept: Attributes = {}
    for name, value in values.items():
        if isinstance(value, str) and len(value) > MAX_TEXT:
            notes.append(f"{name}: cut to {MAX_TEXT} characters")
            kept[name] = value[:MAX_TEXT]
        elif value is not None and value != "":
            kept[name] = value
    return kept


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_plain(value: Json) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str | int | float | bool)


def _snake(name: str) -> str:
    """camelCase to snake_case; `declinedOptIns` is spelled so by the platform and means declined_optins."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name.replace("OptIns", "Optins")).lower()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
