"""Turns loyalty events into Braze's objects, for one configuration.

Formats: https://www.braze.com/docs/api/objects_filters/user_attributes_object and its neighbours.
"""

from collections.abc import Callable, Mapping

import msgspec
import orjson

from integrations.braze.config import BrazeConfig, Identifier, IdentifierValue
from integrations.braze.mapping.attributes import AttributeRules
from integrations.braze.mapping.names import EVENT_NAMES
from integrations.braze.mapping.properties import encoded, event_properties, line_items
from integrations.braze.mapping.purchases import RevenueRules
from integrations.braze.mapping.values import Attributes, Notes, is_unicode, iso, told
from integrations.spec import Filtered, Mapped, Part, Record
from loyalty_api.contract import EventType, Json, LoyaltyEvent

# https://www.braze.com/docs/api/endpoints/user_data/post_user_track
MAX_IDENTIFIER_BYTES = 987
_SURELY_SHORT = MAX_IDENTIFIER_BYTES // 4
# The field of each type whose content is sent in another way than as a property.
_USED_FIELDS: Mapping[str, str] = {
    EventType.MEMBERSHIP_CREATED.value: "user",
    EventType.MEMBERSHIP_ADDED.value: "user",
    EventType.MEMBERSHIP_CHANGED.value: "user",
    EventType.USER_CREATED.value: "user",
    EventType.USER_CHANGED.value: "user",
    EventType.ACCOUNT_TRANSACTION.value: "lineItems",
}
_USED_TYPES: Mapping[str, type] = {"user": dict, "lineItems": list}

_IDENTIFIERS: Mapping[IdentifierValue, Callable[[LoyaltyEvent], str]] = {
    IdentifierValue.ACCOUNT_ID: lambda event: event.account_id,
    IdentifierValue.USER_ID: lambda event: event.user_id,
    IdentifierValue.EXTERNAL_CODE: lambda event: event.external_code,
}


class _Plan(msgspec.Struct, frozen=True):
    """What is done with one type of event. `event_name` is empty when the custom event is not sent."""

    event_name: str
    used_field: str | None
    has_attributes: bool
    is_receipt: bool
    is_level_change: bool


class BrazeMapper:
    """Holds tables worked out from the configuration, and nothing of the events."""

    def __init__(self, config: BrazeConfig) -> None:
        self._is_alias = config.identifier == Identifier.USER_ALIAS
        self._alias_label = config.alias_label
        self._is_update_only = config.is_update_only
        self._identifier = _IDENTIFIERS[config.identifier_value]
        self._attributes = AttributeRules(config)
        self._revenue = RevenueRules(config)
        self._plans = {
            type_: _Plan(
                event_name=config.renames.get(name, name) if type_ in config.events else "",
                used_field=_USED_FIELDS.get(type_),
                has_attributes=type_ in self._attributes.rules,
                is_receipt=type_ == EventType.ACCOUNT_TRANSACTION,
                is_level_change=type_ == EventType.STATUS_LEVEL_CHANGED,
            )
            for type_, name in EVENT_NAMES.items()
        }

    def map_event(self, event: LoyaltyEvent) -> Mapped | Filtered:
        """One event becomes attributes, where it tells of any, a custom event, and purchases for a receipt."""
        plan = self._plans.get(event.type)
        if plan is None:
            return Filtered("unknown_type")
        profile = self._identifier(event)
        if reason := _unfit(event, profile):
            return Filtered(reason)
        notes: Notes = []
        attributes = self._attributes.find(event, notes) if plan.has_attributes else {}
        lines = line_items(event.data, notes) if plan.is_receipt else None
        records: list[Record] = []
        if plan.event_name:
            records.append(self._custom_event(event, profile, plan, lines, notes))
        if plan.is_receipt:
            for fields in self._revenue.objects(event, lines or [], notes):
                body = encoded(self._profile(profile) | fields, notes)
                records.append(Record(self._revenue.array, body, False))
        if not records and not attributes:
            return Filtered("not_selected", told(notes))
        return Mapped(profile, attributes, tuple(records), told(notes) if notes else ())

    def attributes_record(self, profile: str, attributes: Mapping[str, Json]) -> Record:
        """A part of an object is merged into what Braze has, or it would take the rest away."""
        body = self._profile(profile)
        for value in attributes.values():
            if type(value) is Part:
                body["_merge_objects"] = True
                break
        body.update(attributes)
        return Record("attributes", orjson.dumps(body), True)

    def _profile(self, profile: str) -> Attributes:
        if self._is_alias:
            # Braze creates no profile for an alias unless it is told to.
            alias = {"alias_name": profile, "alias_label": self._alias_label}
            return {"user_alias": alias, "_update_existing_only": self._is_update_only}
        if self._is_update_only:
            return {"external_id": profile, "_update_existing_only": True}
        return {"external_id": profile}

    def _custom_event(
        self, event: LoyaltyEvent, profile: str, plan: _Plan, lines: list[Attributes] | None, notes: Notes
    ) -> Record:
        data, used = event.data, plan.used_field
        if used is not None and type(data.get(used)) is not _USED_TYPES[used]:
            used = None
        properties = event_properties(data, used, notes)
        if lines:
            if "line_items" in properties:
                notes.append("line_items: left out, its name is taken")
            properties["line_items"] = lines
        if plan.is_level_change and "direction" not in properties:
            properties |= _direction(data)
        properties["event_id"] = event.event_id
        body = self._profile(profile)
        body["name"] = plan.event_name
        body["time"] = iso(event.occurred_at)
        body["properties"] = properties
        return Record("events", encoded(body, notes), False)


def _unfit(event: LoyaltyEvent, profile: str) -> str:
    """Why the event cannot be told of any profile, empty when it can."""
    if not event.account_id and event.is_of_user:
        return "no_account"
    if not profile or profile.isspace() or not is_unicode(profile):
        return "no_identifier"
    if len(profile) > _SURELY_SHORT and len(profile.encode()) > MAX_IDENTIFIER_BYTES:
        return "identifier_too_long"
    return ""


def _direction(data: Mapping[str, Json]) -> Attributes:
    """Told from the first and to no level; between two levels the platform has to say it."""
    if not data.get("oldLevel"):
        return {"direction": "up"}
    return {} if data.get("newLevel") else {"direction": "down"}
