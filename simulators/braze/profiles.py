"""The profiles of one workspace: who is found or created by an object, and what the object does to them."""

import itertools
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulators.braze.attributes import TEXT_LENGTH, write_attributes
from simulators.braze.batch import Item
from simulators.braze.items import read_time
from simulators.json_values import Json, JsonObject

CONTACTS = ("email", "phone")

_touches = itertools.count(1)


@dataclass(slots=True, eq=False)
class Profile:
    external_id: str | None = None
    aliases: list[JsonObject] = field(default_factory=list)
    attributes: JsonObject = field(default_factory=dict)
    custom_events: list[JsonObject] = field(default_factory=list)
    purchases: list[JsonObject] = field(default_factory=list)
    touched: int = 0

    @property
    def identifier(self) -> Json:
        alias = self.aliases[0]["alias_name"] if self.aliases else None
        return self.external_id or alias or self.attributes.get("email") or self.attributes.get("phone")

    def shown(self) -> JsonObject:
        return {
            "external_id": self.external_id,
            "user_aliases": [*self.aliases],
            "attributes": self.attributes,
            "custom_events": [*self.custom_events],
            "purchases": [*self.purchases],
        }


class Workspace:
    def __init__(self) -> None:
        self._by_external_id: dict[str, Profile] = {}
        self._by_alias: dict[tuple[str, str], Profile] = {}
        self._by_alias_name: dict[str, Profile] = {}
        self._by_contact: dict[tuple[str, str], list[Profile]] = {}
        # Least recently touched first.
        self._all: OrderedDict[Profile, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._all)

    def find(self, identifier: str) -> Profile | None:
        """By external id, else by the name of an alias."""
        return self._by_external_id.get(identifier) or self._by_alias_name.get(identifier)

    def recent(self) -> Iterator[Profile]:
        return reversed(self._all)

    def apply(self, item: Item, *, now: datetime) -> None:
        """Takes an object that has passed its checks. One whose user may not be created is dropped without a word."""
        content = item.content
        if not isinstance(content, dict):
            return
        profile = self._find_or_create(content)
        if profile is None:
            return
        profile.touched = next(_touches)
        self._all[profile] = None
        self._all.move_to_end(profile)
        if item.array == "attributes":
            self._write_attributes(profile, content)
        elif item.array == "events":
            profile.custom_events.append(_event(content, now))
        else:
            quantity = content.get("quantity", 1)
            times = quantity if isinstance(quantity, int) else 1
            profile.purchases.extend(_purchase(content, now) for _ in range(times))

    def _find_or_create(self, content: JsonObject) -> Profile | None:
        update_only = content.get("_update_existing_only")
        external_id, alias = content.get("external_id"), content.get("user_alias")
        if isinstance(external_id, str) and external_id:
            profile = self._by_external_id.get(external_id)
            if profile is None and update_only is not True:
                profile = self._by_external_id[external_id] = Profile(external_id=external_id)
            return profile
        if isinstance(alias, dict) and alias:
            name, label = str(alias["alias_name"]), str(alias["alias_label"])
            profile = self._by_alias.get((name, label))
            # Left out means true here, unlike for an external id.
            if profile is None and update_only is False:
                profile = Profile(aliases=[{"alias_name": name, "alias_label": label}])
                self._by_alias[name, label] = profile
                self._by_alias_name.setdefault(name, profile)
            return profile
        if content.get("braze_id"):
            return None
        return self._find_or_create_by_contact(content, create=update_only is not True)

    def _find_or_create_by_contact(self, content: JsonObject, *, create: bool) -> Profile | None:
        contact = "email" if content.get("email") else "phone"
        value = str(content[contact])
        sharing = self._by_contact.get((contact, value.lower()), [])
        identified = [profile for profile in sharing if profile.external_id]
        if sharing:
            return max(identified or sharing, key=lambda profile: profile.touched)
        if not create:
            return None
        profile = Profile(attributes={contact: value})
        self._by_contact[contact, value.lower()] = [profile]
        return profile

    def _write_attributes(self, profile: Profile, content: JsonObject) -> None:
        before = [_contact(profile, contact) for contact in CONTACTS]
        write_attributes(profile.attributes, content)
        for contact, old in zip(CONTACTS, before, strict=True):
            new = _contact(profile, contact)
            if new != old:
                self._move_contact(profile, contact, old, new)
        if "email_subscribe" in content:
            self._share_email_state(profile, content["email_subscribe"])

    def _move_contact(self, profile: Profile, contact: str, old: str | None, new: str | None) -> None:
        if old is not None:
            self._by_contact[contact, old].remove(profile)
        if new is not None:
            self._by_contact.setdefault((contact, new), []).append(profile)

    def _share_email_state(self, profile: Profile, state: Json) -> None:
        """Braze keeps one e-mail state for everyone with the address."""
        email = _contact(profile, "email")
        for each in self._by_contact.get(("email", email), []) if email else []:
            each.attributes["email_subscribe"] = state


def _contact(profile: Profile, contact: str) -> str | None:
    value = profile.attributes.get(contact)
    return value.lower() if isinstance(value, str) else None


def _event(content: JsonObject, now: datetime) -> JsonObject:
    return {"name": content["name"], "time": _clamped(content["time"], now), "properties": _kept(content)}


def _purchase(content: JsonObject, now: datetime) -> JsonObject:
    return {
        "product_id": content["product_id"],
        "currency": content["currency"],
        "price": content["price"],
        "time": _clamped(content["time"], now),
        "properties": _kept(content),
    }


def _clamped(time: Json, now: datetime) -> Json:
    """A time in the future becomes now."""
    moment = read_time(time)
    return now.isoformat(timespec="milliseconds") if moment is None or moment > now else time


def _kept(content: JsonObject) -> JsonObject:
    """Properties without the texts that are too long to be stored."""
    properties = content.get("properties")
    if not isinstance(properties, dict):
        return {}
    too_long = [name for name, value in properties.items() if isinstance(value, str) and len(value) > TEXT_LENGTH]
    return {name: value for name, value in properties.items() if name not in too_long} if too_long else properties


def current_time(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
