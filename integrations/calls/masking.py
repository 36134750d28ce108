"""Hides a person's data in what pages show of calls and events. What is stored stays whole; secrets never got there."""

import json
import re
from collections.abc import Mapping

from loyalty_api.contract import Json

MASK = "•••"
# The fields of the loyalty API, of the events and of Braze's profiles that tell who somebody is; without underscores
# and in small letters.
_PERSONAL = frozenset(
    {
        "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "firstname", "givenname", "lastname",
        "familyname", "name", "birthdate", "dob", "gender", "gendercode", "homecity", "city", "street", "zipcode",
        "postalcode", "address", "country", "countrycode", "title", "devicetoken", "pushtoken", "token", "aliasname",
    }
)  # fmt: skip
# What is kept of a custom property under any name.
_VALUES_BY_NAME = frozenset({"customproperties"})
# In these lists a name is that of an event, and a title that of a coupon.
_THINGS = frozenset({"events", "purchases", "coupons", "items", "line_items"})
_NAMES_OF_THINGS = frozenset({"name", "title"})
# In this one, which tells of profiles, a field may be called anything, and is told only where it is one of ours or says
# how the other system is to take it.
_PROFILES = "attributes"
_OWN = ("convercus_", "_")
_TOLD = frozenset(
    {
        "external_id",
        "braze_id",
        "alias_label",
        "email_subscribe",
        "push_subscribe",
        "user_alias",
        "currency",
        "language",
    }
)
_MAIL = re.compile(r"[^\s\"'<>@,;:]+@[^\s\"'<>@,;:]+\.\w+")


def masked(value: Json) -> Json:
    """The same JSON, with the first letter left of what a person is called or reached by."""
    if isinstance(value, Mapping):
        return {name: _masked_field(name, found) for name, found in value.items()}
    if isinstance(value, list):
        return [masked(found) for found in value]
    return _without_mails(value) if isinstance(value, str) else value


def masked_text(text: str) -> str:
    """A body as the call log keeps it, JSON or not, and perhaps cut off in the middle."""
    try:
        return json.dumps(masked(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return _masked_fragments(text)


def _masked_field(name: str, value: Json) -> Json:
    plain = name.replace("_", "").lower()
    if plain in _PERSONAL and not isinstance(value, Mapping | list):
        return _hidden(value)
    if plain in _VALUES_BY_NAME and isinstance(value, list):
        return [_hidden_property(found) for found in value]
    if name in _THINGS and isinstance(value, list):
        return [_masked_thing(found) for found in value]
    if name == _PROFILES and isinstance(value, list):
        return [_masked_profile(found) for found in value]
    return masked(value)


def _masked_thing(found: Json) -> Json:
    if not isinstance(found, Mapping):
        return masked(found)
    return {
        name: masked(value) if name in _NAMES_OF_THINGS else _masked_field(name, value) for name, value in found.items()
    }


def _masked_profile(found: Json) -> Json:
    if not isinstance(found, Mapping):
        return masked(found)
    return {
        name: _masked_field(name, value) if name in _TOLD or name.startswith(_OWN) else _hidden_whole(value)
        for name, value in found.items()
    }


def _hidden_whole(value: Json) -> Json:
    """Of a list or an object each value."""
    if isinstance(value, Mapping):
        return {name: _hidden_whole(found) for name, found in value.items()}
    return [_hidden_whole(found) for found in value] if isinstance(value, list) else _hidden(value)


def _hidden_property(found: Json) -> Json:
    return {**found, "value": _hidden(found.get("value"))} if isinstance(found, dict) else masked(found)


def _hidden(value: Json) -> Json:
    return f"{value[:1]}{MASK}" if isinstance(value, str) and value else value if value in (None, "") else MASK


def _without_mails(text: str) -> str:
    return _MAIL.sub(lambda found: f"{found[0][:1]}{MASK}", text) if "@" in text else text


_FRAGMENT = re.compile(r'"(?P<name>[A-Za-z_]+)"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)(?:"|\Z)')


def _masked_fragments(text: str) -> str:
    """JSON that was cut has no structure to go by: each name with a text behind it is looked at by itself."""

    def hide(found: re.Match[str]) -> str:
        is_personal = found["name"].replace("_", "").lower() in _PERSONAL
        return f'"{found["name"]}": "{_hidden(found["value"])}"' if is_personal else found[0]

    return _without_mails(_FRAGMENT.sub(hide, text))
