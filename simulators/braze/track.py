"""What Braze answers to one track request, and what becomes of each object."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from simulators.braze.batch import ARRAYS, Batch, Item, identifier, is_hit
from simulators.braze.items import check_item
from simulators.braze.plans import Plan
from simulators.braze.profiles import Workspace
from simulators.faults import ItemFault
from simulators.json_values import Json, JsonObject

NO_VALID_DATA = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
NOT_PROCESSED = "not processed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`errors` has one place for each object of the batch, null for one that took effect."""

    status: int
    payload: JsonObject
    errors: Sequence[str | None] = ()


def refuse(batch: Batch | None, status: int, payload: JsonObject) -> Outcome:
    """An answer to a request whose objects were not looked at."""
    return Outcome(status, payload, [NOT_PROCESSED] * len(batch.items) if batch else [])


def track(
    batch: Batch, *, workspace: Workspace, plan: Plan, now: datetime, item_faults: Sequence[ItemFault] = ()
) -> Outcome:
    if plan.refuses(batch.counts):
        return refuse(batch, 400, {"message": "Max Input Length Exceeded"})
    errors = [_refusal(item, item_faults) for item in batch.items]
    told: list[Json] = [
        {"type": error, "input_array": item.array, "index": item.place}
        for item, error in zip(batch.items, errors, strict=True)
        if error is not None
    ]
    if len(told) == len(batch.items):
        payload: JsonObject = {"message": NO_VALID_DATA}
        return Outcome(400, payload | {"errors": told} if told else payload, errors)
    good = [item for item, error in zip(batch.items, errors, strict=True) if error is None]
    for item in good:
        workspace.apply(item, now=now)
    return Outcome(201, _success(batch, good, told), errors)


def _refusal(item: Item, item_faults: Sequence[ItemFault]) -> str | None:
    scripted = next((fault.error for fault in item_faults if is_hit(fault, item)), None)
    return scripted or check_item(item)


def _success(batch: Batch, good: Sequence[Item], errors: list[Json]) -> JsonObject:
    payload: JsonObject = {"message": "success"}
    for array in ARRAYS:
        if array in batch.counts:
            ids = [identifier(item.content) for item in good if item.array == array]
            # Attributes are counted in users, events and purchases in objects.
            payload[f"{array}_processed"] = len(set(ids)) if array == "attributes" else len(ids)
    if errors:
        payload["errors"] = errors
    return payload
