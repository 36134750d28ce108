"""The profiles of one workspace: who is found or created by an object, and what the object does to them."""

import itertools
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from simulators.braze.attributes import write_attributes
from simulators.braze.batch import Item
from simulators.braze.items import USUAL_RULES
from simulators.braze.profile import Profile, event_record, purchase_record
from simulators.braze.rules import Rules
from simulators.json_values import Json, JsonObject

CONTACTS = ("email", "phone")

_touches = itertools.count(1)


class Workspace:
    def __init__(self) -> None:
        self._by_external_id: dict[str, Profile] = {}
        self._by_alias: dict[tuple[str, str], Profile] = {}
        self._by_alias_name: dict[str, Profile] = {}
        self._by_braze_id: dict[str, Profile] = {}
        self._by_contact: dict[tuple[str, str], list[Profile]] = {}
        # States that were set for an address before any profile had it.
        self._states_ahead: dict[str, str] = {}
        # Least recently touched first.
        self._all: OrderedDict[Profile, None] = OrderedDict()
        self.event_names: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._all)

    def find(self, identifier: str) -> Profile | None:
        """By external id, else by the name of an alias."""
        return self._by_external_id.get(identifier) or self._by_alias_name.get(identifier)

    def recent(self) -> Iterator[Profile]:
        return reversed(self._all)

    def look_up(self, identifiers: JsonObject) -> Profile | None:
        """By whatever identifier an object names; never creates."""
        external_id = identifiers.get("external_id")
        if isinstance(external_id, str) and external_id:
            return self._by_external_id.get(external_id)
        alias, braze_id = identifiers.get("user_alias"), identifiers.get("braze_id")
        if isinstance(alias, dict) and alias:
            return self._by_alias.get((str(alias.get("alias_name")), str(alias.get("alias_label"))))
        if isinstance(braze_id, str) and braze_id:
            return self._by_braze_id.get(braze_id)
        contact = "email" if identifiers.get("email") else "phone"
        sharing = self.sharing(contact, str(identifiers.get(contact)))
        identified = [profile for profile in sharing if profile.external_id]
        return max(identified or sharing, key=lambda profile: profile.touched, default=None)

    def sharing(self, contact: str, value: str) -> list[Profile]:
        return [*self._by_contact.get((contact, value.lower()), ())]

    def apply(self, item: Item, *, now: datetime, rules: Rules = USUAL_RULES) -> None:
        """Takes an object that has passed its checks. One whose user may not be created is dropped without a word."""
        content = item.content
        if not isinstance(content, dict) or (item.array == "events" and content["name"] in rules.blocked_names):
            return
        profile = self.look_up(content) or self._created(content)
        if profile is None:
            return
        self.touch(profile)
        if item.array == "attributes":
            self.write(profile, content, rules)
        elif item.array == "events":
            self.event_names[str(content["name"])] = None
            profile.custom_events.append(event_record(content, now))
        else:
            quantity = content.get("quantity", 1)
            times = quantity if isinstance(quantity, int) else 1
            profile.purchases.extend(purchase_record(content, now) for _ in range(times))

    def touch(self, profile: Profile) -> None:
        profile.touched = next(_touches)
        self._all[profile] = None
        self._all.move_to_end(profile)

    def write(self, profile: Profile, content: JsonObject, rules: Rules) -> None:
        before = {"email": profile.contact("email"), "phone": profile.contact("phone")}
        write_attributes(
            profile.attributes, content, array_length=rules.array_length, blocked_names=rules.blocked_names
        )
        self.reindex(profile, before)
        email = profile.contact("email")
        state = content.get("email_subscribe")
        if email is None:
            return
        if state is not None:
            self.set_email_state(email, state)
        elif self._states_ahead and email != before["email"] and (ahead := self._states_ahead.pop(email, None)):
            profile.attributes["email_subscribe"] = ahead

    def reindex(self, profile: Profile, before: Mapping[str, str | None]) -> None:
        """To be called when a profile's e-mail or phone may have changed."""
        for contact in CONTACTS:
            old, new = before.get(contact), profile.contact(contact)
            if new == old:
                continue
            if old is not None:
                self._by_contact[contact, old].remove(profile)
            if new is not None:
                self._by_contact.setdefault((contact, new), []).append(profile)

    def set_email_state(self, email: str, state: Json) -> None:
        """Braze keeps one e-mail state for everyone with the address, also for whoever gets it later."""
        sharing = self.sharing("email", email)
        for each in sharing:
            each.attributes["email_subscribe"] = state
        if not sharing:
            self._states_ahead[email.lower()] = str(state)

    def add(self, profile: Profile) -> None:
        """A new profile, which need not have an identifier yet."""
        self._by_braze_id[profile.braze_id] = profile
        self.reindex(profile, {})
        self.touch(profile)

    def identify(self, profile: Profile, external_id: str) -> None:
        profile.external_id = external_id
        self._by_external_id[external_id] = profile

    def name(self, profile: Profile, alias_name: str, alias_label: str) -> None:
        """Gives an alias that nobody has, or that its owner has just given up."""
        profile.aliases.append({"alias_name": alias_name, "alias_label": alias_label})
        self._by_alias[alias_name, alias_label] = profile
        owner = self._by_alias_name.get(alias_name)
        if owner is None or not any(alias["alias_name"] == alias_name for alias in owner.aliases):
            self._by_alias_name[alias_name] = profile

    def remove(self, profile: Profile) -> None:
        if profile.external_id is not None:
            del self._by_external_id[profile.external_id]
        for alias in profile.aliases:
            name, label = str(alias["alias_name"]), str(alias["alias_label"])
            del self._by_alias[name, label]
            if self._by_alias_name.get(name) is profile:
                del self._by_alias_name[name]
        for contact in CONTACTS:
            if value := profile.contact(contact):
                self._by_contact[contact, value].remove(profile)
        del self._by_braze_id[profile.braze_id]
        self._all.pop(profile, None)

    def _created(self, content: JsonObject) -> Profile | None:
        update_only = content.get("_update_existing_only")
        external_id, alias = content.get("external_id"), content.get("user_alias")
        # Left out means true for an alias, unlike for an external id.
        if update_only is True or (alias and update_only is not False) or content.get("braze_id"):
            return None
        profile = Profile()
        if isinstance(external_id, str) and external_id:
            self.identify(profile, external_id)
        elif isinstance(alias, dict) and alias:
            self.name(profile, str(alias["alias_name"]), str(alias["alias_label"]))
        else:
            contact = "email" if content.get("email") else "phone"
            profile.attributes[contact] = content[contact]
        self.add(profile)
        return profile


def current_time(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
