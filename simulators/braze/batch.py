"""The body of a track request, taken apart into its objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from simulators.faults import ItemFault
from simulators.json_values import Json, JsonObject, read_json

# Also the order in which Braze works through one request.
ARRAYS = ("attributes", "events", "purchases")


class Item(NamedTuple):
    array: str
    place: int
    content: Json


@dataclass(frozen=True, slots=True)
class Batch:
    """`counts` names only the arrays that were sent."""

    items: tuple[Item, ...]
    counts: Mapping[str, int]


class BatchError(ValueError):
    """The body is no batch; the payload is the answer's."""

    def __init__(self, payload: JsonObject) -> None:
        super().__init__("not a batch")
        self.payload = payload


def read_object(body: bytes) -> JsonObject:
    """Raises BatchError."""
    try:
        sent = read_json(body)
    except ValueError as error:
        raise _syntax() from error
    if not isinstance(sent, dict):
        raise _syntax()
    return sent


def read_batch(body: bytes) -> Batch:
    """Raises BatchError."""
    sent = read_object(body)
    items: list[Item] = []
    counts: dict[str, int] = {}
    for array in ARRAYS:
        content = sent.get(array)
        if content is None:
            continue
        if not isinstance(content, list):
            raise BatchError({"message": f"'{array}' must be an array of objects"})
        counts[array] = len(content)
        items.extend(Item(array, index, each) for index, each in enumerate(content))
    return Batch(tuple(items), counts)


def identifier(content: Json) -> str | None:
    """How people would name the object's user: external id, alias name, Braze id, e-mail or phone."""
    if not isinstance(content, dict):
        return None
    external_id = content.get("external_id")
    if external_id and isinstance(external_id, str):
        return external_id
    alias = content.get("user_alias")
    found = external_id or (alias.get("alias_name") if isinstance(alias, dict) else None)
    found = found or content.get("braze_id") or content.get("email") or content.get("phone")
    return found if isinstance(found, str) else None


def title(content: JsonObject) -> Json:
    return content.get("name") or content.get("product_id")


def is_hit(fault: ItemFault, item: Item) -> bool:
    content = item.content if isinstance(item.content, dict) else {}
    return (
        fault.input_array in (None, item.array)
        and fault.index in (None, item.place)
        and (fault.identifier is None or fault.identifier == identifier(content))
        and (fault.name is None or (item.array != "attributes" and fault.name == title(content)))
    )


def describe(item: Item, error: str | None) -> JsonObject:
    """The object's line in the journal. Its error is null exactly when the object took effect."""
    content = item.content if isinstance(item.content, dict) else {}
    told: JsonObject = {
        "array": item.array,
        "index": item.place,
        "id": identifier(content),
        "event_id": _event_id(content.get("properties")),
        "time": content.get("time"),
        "error": error,
    }
    if item.array == "attributes":
        told["attributes"] = {name: value for name, value in content.items() if name not in IDENTIFYING}
    else:
        field = "name" if item.array == "events" else "product_id"
        told[field] = content.get(field)
    return told


IDENTIFYING = {"external_id", "user_alias", "braze_id"}


def _event_id(properties: Json) -> Json:
    """Ours, by which copies are told apart; the eCommerce events have room for it in their metadata only."""
    if not isinstance(properties, dict):
        return None
    if "event_id" in properties:
        return properties["event_id"]
    metadata = properties.get("metadata")
    return metadata.get("event_id") if isinstance(metadata, dict) else None


def _syntax() -> BatchError:
    return BatchError({"error": "Error while parsing request body. Please check your syntax."})
