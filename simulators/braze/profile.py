"""One user of a workspace, and what an event or a purchase leaves on it."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime

from simulators.braze.attributes import TEXT_LENGTH
from simulators.braze.items import read_time
from simulators.json_values import Json, JsonObject

_numbers = itertools.count(1)


@dataclass(slots=True, eq=False)
class Profile:
    external_id: str | None = None
    aliases: list[JsonObject] = field(default_factory=list)
    attributes: JsonObject = field(default_factory=dict)
    custom_events: list[JsonObject] = field(default_factory=list)
    purchases: list[JsonObject] = field(default_factory=list)
    touched: int = 0
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def braze_id(self) -> str:
        return f"{self.number:024x}"

    @property
    def identifier(self) -> Json:
        alias = self.aliases[0]["alias_name"] if self.aliases else None
        return self.external_id or alias or self.attributes.get("email") or self.attributes.get("phone")

    def shown(self) -> JsonObject:
        return {
            "external_id": self.external_id,
            "braze_id": self.braze_id,
            "user_aliases": [*self.aliases],
            "attributes": self.attributes,
            "custom_events": [*self.custom_events],
            "purchases": [*self.purchases],
        }

    def contact(self, kind: str) -> str | None:
        value = self.attributes.get(kind)
        return value.lower() if isinstance(value, str) else None

    def has_label(self, label: str) -> bool:
        return any(alias["alias_label"] == label for alias in self.aliases)


def event_record(content: JsonObject, now: datetime) -> JsonObject:
    return {"name": content["name"], "time": _clamped(content["time"], now), "properties": _kept(content)}


def purchase_record(content: JsonObject, now: datetime) -> JsonObject:
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
