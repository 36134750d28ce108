"""A user of the platform as attributes: Braze's own profile fields, and what the program defines besides."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta

import orjson

from integrations.braze.config import BrazeConfig, PropertyMode
from integrations.braze.mapping.countries import ALPHA_2, country_code
from integrations.braze.mapping.names import CUSTOM_PROPERTIES, PREFIX, RESERVED_ATTRIBUTES, STANDARD_FIELDS, is_name
from integrations.braze.mapping.objects import fitted_value
from integrations.braze.mapping.phone import E164, read_phone
from integrations.braze.mapping.values import MAX_OBJECT_BYTES, Attributes, Notes, fitted_text, is_unicode, plain_text
from loyalty_api.contract import Json

_GENDERS = {"MALE": "M", "FEMALE": "F", "DIVERSE": "O", "OTHER": "O"} | {code: code for code in "MFONP"}
_EMAIL = re.compile(
    r"""[^\s@,;:<>()\[\]"\\.]+(\.[^\s@,;:<>()\[\]"\\.]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}""", re.I | re.A
)
_EARLIEST_BIRTH = date(1900, 1, 1)
# What stands in the platform's user besides the fields that are sent.
_STRUCTURE = frozenset({*STANDARD_FIELDS.values(), "userId", "customProperties"})

# What stands beside a program's own properties in an object takes 20 KB at most.
_CUSTOM_BYTES = MAX_OBJECT_BYTES - 20 * 1024
# So few single values cannot be too large.
_FEW = 20

_User = Mapping[str, Json]
_Reader = Callable[[str, _User, datetime, Notes], Json]


class PersonRules:
    """For one configuration: which fields are sent, and which names a program's own properties cannot have."""

    def __init__(self, config: BrazeConfig, taken: Collection[str]) -> None:
        enabled = config.attributes
        self._readers = [
            (field, source, _READERS[field]) for field, source in STANDARD_FIELDS.items() if field in enabled
        ]
        self._has_custom = CUSTOM_PROPERTIES in enabled
        self._chosen = config.properties
        self._is_chosen_sent = config.property_mode == PropertyMode.ONLY
        self._renames = config.property_renames
        self._taken = RESERVED_ATTRIBUTES | frozenset(taken)

    def add(self, found: Attributes, user: _User, changed: Collection[str], now: datetime, notes: Notes) -> None:
        """An empty field says nothing, unless it is named as changed: then it was emptied, and goes."""
        if self._has_custom and (properties := user.get("customProperties")):
            self._add_custom(found, properties, "customProperties" in changed, notes)
        for field, source, read in self._readers:
            value = user.get(source)
            if value is None or value == "":
                if source in changed:
                    found[field] = None
                continue
            # The platform gives back some texts, such as phone numbers, as numbers.
            text = value if type(value) is str else plain_text(value, field, notes)
            # Null would delete what Braze has, so what cannot be read is left out.
            if text and (fitted := read(text, user, now, notes)) is not None:
                found[field] = fitted
        if not _STRUCTURE.issuperset(user):
            unknown = [name for name, value in user.items() if name not in _STRUCTURE and value not in (None, "")]
            notes.extend(f"user.{name[:80]}: left out, not a field that is sent" for name in unknown)

    def _add_custom(self, found: Attributes, properties: Json, is_changed: bool, notes: Notes) -> None:
        if type(properties) is not list:
            notes.append("customProperties: left out, not a list")
            return
        is_large = len(properties) > _FEW
        for place, item in enumerate(properties):
            name = item.get("name") if type(item) is dict else None
            if type(name) is str:
                if (name in self._chosen) != self._is_chosen_sent:
                    continue
                name = self._renames.get(name, name)
            if type(name) is not str or not is_name(name) or not is_unicode(name):
                notes.append(f"customProperties: entry {place + 1} was left out, it has no name that Braze takes")
            elif name in self._taken or name.startswith(PREFIX):
                notes.append(f"{name}: left out, the name is reserved")
            else:
                is_large = _add_value(found, name, item.get("value"), is_changed, notes) or is_large
        if is_large:
            _drop_beyond_size(found, notes)


def _add_value(found: Attributes, name: str, value: Json, is_changed: bool, notes: Notes) -> bool:
    """Whether it is of a kind that can be large."""
    if name in found:
        notes.append(f"{name}: stands there twice, the later value was sent")
    fitted = fitted_value(value, name, notes)
    if fitted is not None:
        found[name] = fitted
    elif is_changed and (value is None or value == ""):
        found[name] = None
    return type(fitted) in (list, dict)


def _drop_beyond_size(found: Attributes, notes: Notes) -> None:
    """The largest go until the others fit beside what else is told of the profile."""
    sizes = {name: len(orjson.dumps((name, value))) for name, value in found.items()}
    total = sum(sizes.values())
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if total <= _CUSTOM_BYTES:
            return
        total -= sizes[name]
        del found[name]
        notes.append(f"{name[:80]}: left out, the attributes were larger than 100 KB")


def _email(text: str, _user: _User, _now: datetime, notes: Notes) -> Json:
    text = text.strip()
    local = text.partition("@")[0]
    if len(text) <= 254 and len(local) <= 64 and _EMAIL.fullmatch(text) and is_unicode(text):
        return text
    # Braze refuses the whole object otherwise.
    notes.append("email: left out, not a valid address")
    return None


def _phone(text: str, user: _User, _now: datetime, notes: Notes) -> Json:
    if E164.fullmatch(text):
        return text
    country = user.get("countryCode")
    phone = read_phone(text, country_code(country) if type(country) is str else None)
    if not phone.number:
        notes.append("phone: left out, not a phone number")
        return None
    if phone.is_international:
        notes.append("phone: put into the international form")
    else:
        notes.append("phone: sent as it is, its country cannot be told")
    return fitted_text(phone.number, "phone", notes)


def _birth_date(text: str, _user: _User, now: datetime, notes: Notes) -> Json:
    text = text.strip()
    try:
        born = date.fromisoformat(text[:10])
        if len(text) > 10:
            datetime.fromisoformat(text)
    except ValueError:
        born = date.min
    # Whoever was born today may be so in a zone that is ahead.
    if born < _EARLIEST_BIRTH or born > now.date() + timedelta(days=1):
        notes.append("dob: left out, not a date of birth")
        return None
    if len(text) > 10:
        notes.append("dob: the time of day was cut off")
    return born.isoformat()


def _gender(text: str, _user: _User, _now: datetime, notes: Notes) -> Json:
    gender = _GENDERS.get(text) or _GENDERS.get(text.strip().upper())
    if gender is None:
        notes.append("gender: left out, not a code that Braze knows")
    return gender


def _country(text: str, _user: _User, _now: datetime, notes: Notes) -> Json:
    if text in ALPHA_2:
        return text
    code = country_code(text)
    notes.append(f"country: sent as {code}" if code else "country: left out, not a country that we know")
    return code


def _text(field: str) -> _Reader:
    def read(text: str, _user: _User, _now: datetime, notes: Notes) -> Json:
        if text.isspace():
            notes.append(f"{field}: left out, nothing but spaces")
            return None
        if len(text) <= 255 and text.isascii():
            return text
        return fitted_text(text, field, notes)

    return read


_READERS: Mapping[str, _Reader] = {
    "email": _email,
    "phone": _phone,
    "first_name": _text("first_name"),
    "last_name": _text("last_name"),
    "dob": _birth_date,
    "gender": _gender,
    "home_city": _text("home_city"),
    "country": _country,
}
