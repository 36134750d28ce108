"""What an event tells of the member's profile."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeAlias

from integrations.braze.config import BrazeConfig, IdentifierValue, MissingOptin
from integrations.braze.mapping.names import (
    ATTRIBUTES,
    CUSTOM_PROPERTIES,
    EXPIRING_POINTS,
    EXTRA_ATTRIBUTES,
    FLAT_BALANCE,
    NEXT_TIER,
)
from integrations.braze.mapping.person import PersonRules
from integrations.braze.mapping.values import Attributes, Notes, plain_number, plain_text
from integrations.spec import Part
from loyalty_api.contract import EventType, Json, LoyaltyEvent, channel_key

BALANCE_FIELDS = ("points", "lockedPoints", "statusPoints")
_Rule: TypeAlias = Callable[[LoyaltyEvent, Attributes, Notes], None]
# These tell of the account; everything else tells of one of its members.
_OF_THE_ACCOUNT = frozenset({"ACCOUNT_CREATED", "BALANCE_CHANGED", "STATUS_LEVEL_CHANGED"})


class AttributeRules:
    """For one configuration: the rule of each type of event, and the name under which each attribute is sent."""

    def __init__(self, config: BrazeConfig) -> None:
        enabled = [name for name in ATTRIBUTES if name in config.attributes and name != CUSTOM_PROPERTIES]
        extra = FLAT_BALANCE if config.has_flat_balance else {}
        extra = extra | (NEXT_TIER if config.has_next_tier else {})
        extra = extra | (EXPIRING_POINTS if config.has_expiring_points else {})
        self._extra = extra
        self._names = {name: config.renames.get(name, name) for name in (*enabled, *extra)}
        taken = [config.renames.get(name, name) for name in (*ATTRIBUTES, *EXTRA_ATTRIBUTES)]
        self._person = PersonRules(config, taken)
        self._channels = frozenset(channel_key(name) for name in config.email_channels)
        self._missing_optin = "subscribed" if config.missing_optin == MissingOptin.SUBSCRIBED else None
        self._is_person = config.identifier_value == IdentifierValue.USER_ID
        self.rules: Mapping[str, _Rule] = {
            EventType.ACCOUNT_CREATED.value: self._account,
            EventType.BALANCE_CHANGED.value: self._balance,
            EventType.STATUS_LEVEL_CHANGED.value: self._status_level,
            EventType.MEMBERSHIP_CREATED.value: self._membership,
            EventType.MEMBERSHIP_ADDED.value: self._membership,
            EventType.MEMBERSHIP_CHANGED.value: self._membership,
            EventType.MEMBERSHIP_OPTINS_CHANGED.value: self._optins,
            EventType.USER_CREATED.value: self._user,
            EventType.USER_CHANGED.value: self._user,
            EventType.PUSH_TOKEN_CREATED.value: self._push_token,
            EventType.PUSH_TOKEN_DELETED.value: self._push_token,
        }

    def find(self, event: LoyaltyEvent, notes: Notes) -> Attributes:
        """One profile stands for one account, or for one person of several: the owner's data is what it shows."""
        found: Attributes = {}
        rule = self.rules[event.type]
        role = event.told_role
        if not role or role == "OWNER" or (event.type in _OF_THE_ACCOUNT and not self._is_person):
            rule(event, found, notes)
        else:
            notes.append(f"attributes: left out, they tell of a {role}, and the profile is the owner's")
        return found

    def _put(self, found: Attributes, name: str, value: Json) -> None:
        if (final := self._names.get(name)) is not None:
            found[final] = value

    def _put_known(self, found: Attributes, values: Mapping[str, Json]) -> None:
        for name, value in values.items():
            if value and (final := self._names.get(name)) is not None:
                found[final] = value

    def _account(self, event: LoyaltyEvent, found: Attributes, _notes: Notes) -> None:
        self._put(found, "convercus_account_id", event.account_id)

    def _balance(self, event: LoyaltyEvent, found: Attributes, notes: Notes) -> None:
        data = event.data
        numbers: dict[str, int | float] = {}
        for name in BALANCE_FIELDS:
            # One bad value inside makes Braze drop the whole object, so only numbers get in.
            if name in data and (number := plain_number(data[name], name, notes)) is not None:
                numbers[name] = number
        if numbers:
            self._put(found, "convercus_balance", numbers if len(numbers) == len(BALANCE_FIELDS) else Part(numbers))
        for name, source in self._extra.items():
            if source in BALANCE_FIELDS:
                if source in numbers:
                    self._put(found, name, numbers[source])
            elif source in data:
                self._put_extra(found, name, data[source], notes)

    def _put_extra(self, found: Attributes, name: str, value: Json, notes: Notes) -> None:
        """Null says that there is no next level, or that nothing expires: then the attribute goes."""
        is_text = name in ("convercus_next_status_level", "convercus_expiring_points_at")
        known = plain_text(value, name, notes) if is_text else plain_number(value, name, notes)
        if known is not None or value is None:
            self._put(found, name, known)

    def _status_level(self, event: LoyaltyEvent, found: Attributes, notes: Notes) -> None:
        if "newLevel" in event.data:
            level = event.data["newLevel"]
            name = plain_text(level, "newLevel", notes)
            if name is not None or level in (None, ""):
                self._put(found, "convercus_status_level", name)

    def _membership(self, event: LoyaltyEvent, found: Attributes, notes: Notes) -> None:
        ids = {
            "convercus_account_id": event.account_id,
            "convercus_user_id": event.user_id,
            "convercus_partner_id": plain_text(event.data.get("partnerId"), "partnerId", notes) or event.partner_id,
            "convercus_member_role": event.told_role,
        }
        self._put_known(found, ids)
        self._optins(event, found, notes)
        self._add_person(event, found, (), notes)

    def _user(self, event: LoyaltyEvent, found: Attributes, notes: Notes) -> None:
        self._put_known(found, {"convercus_account_id": event.account_id, "convercus_user_id": event.user_id})
        changed = event.data.get("changed") if event.type == EventType.USER_CHANGED else None
        names = [name for name in changed if type(name) is str] if type(changed) is list else ()
        self._add_person(event, found, names, notes)

    def _add_person(self, event: LoyaltyEvent, found: Attributes, changed: Collection[str], notes: Notes) -> None:
        user = event.data.get("user")
        if type(user) is dict:
            now: datetime = event.occurred_at
            self._person.add(found, user, changed, now, notes)

    def _optins(self, event: LoyaltyEvent, found: Attributes, notes: Notes) -> None:
        """An event that carries neither list says nothing of consent, which is not the same as having no record."""
        if "email_subscribe" not in self._names:
            return
        allowed = self._channels_of(event.data, "allowedOptins", notes)
        declined = self._channels_of(event.data, "declinedOptIns", notes)
        if allowed is None and declined is None:
            return
        if allowed:
            found["email_subscribe"] = "opted_in"
        elif declined:
            found["email_subscribe"] = "unsubscribed"
        elif self._missing_optin:
            found["email_subscribe"] = self._missing_optin

    def _channels_of(self, data: Mapping[str, Json], name: str, notes: Notes) -> bool | None:
        """Whether a list of channels holds one that stands for e-mail; None when there is no list."""
        channels = data.get(name)
        if type(channels) is list:
            keys = [channel_key(channel) for channel in channels if type(channel) is str]
            return not self._channels.isdisjoint(keys)
        if channels is not None:
            notes.append(f"email_subscribe: {name} says nothing, not a list of channels")
        return None

    def _push_token(self, event: LoyaltyEvent, found: Attributes, notes: Notes) -> None:
        """Who takes one of several devices away still wants to hear from us on the others."""
        if event.type == EventType.PUSH_TOKEN_CREATED:
            self._put(found, "push_subscribe", "opted_in")
            return
        remaining = event.data.get("remainingTokens")
        number = plain_number(remaining, "remainingTokens", notes)
        if number == 0 or remaining in (None, ""):
            self._put(found, "push_subscribe", "unsubscribed")
