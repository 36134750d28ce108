"""What Braze answers to the track requests, and what becomes of each object."""

from collections import Counter
from collections.abc import Sequence

from simulators.braze.batch import ARRAYS, Batch, Item, identifier, is_hit
from simulators.braze.calls import Call, Outcome, refuse
from simulators.braze.disorder import apply_in_disorder
from simulators.braze.items import check_item
from simulators.braze.reading import summaries
from simulators.json_values import Json, JsonObject

NO_VALID_DATA = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
TOO_MANY = "Max Input Length Exceeded"
BULK_IN_TOTAL = 1_000
BULK_PER_USER = 100
IDENTIFIERS = ("external_id", "user_alias", "braze_id", "email", "phone")


def track(call: Call) -> Outcome:
    if call.plan.refuses(call.batch.counts):
        return refuse(call.batch, 400, {"message": TOO_MANY})
    if call.rules.queued:
        outcome = _processed(call)
        return Outcome(202, {"message": "queued"}, outcome.errors)
    return _processed(call)


def track_bulk(call: Call) -> Outcome:
    """https://www.braze.com/docs/api/endpoints/user_data/post_user_track_bulk/"""
    users = Counter(identifier(item.content) for item in call.batch.items)
    users.pop(None, None)
    if len(call.batch.items) > BULK_IN_TOTAL or max(users.values(), default=0) > BULK_PER_USER:
        return refuse(call.batch, 400, {"message": TOO_MANY})
    return _processed(call)


def track_sync(call: Call) -> Outcome:
    """https://www.braze.com/docs/api/endpoints/user_data/post_user_track_synchronous/"""
    if len(call.batch.items) != 1:
        message = "Exactly one object in one of 'attributes', 'events' and 'purchases' must be provided."
        return refuse(call.batch, 400, {"message": message})
    outcome = _processed(call)
    if outcome.status != 201:
        return outcome
    (item,) = call.batch.items
    content = item.content if isinstance(item.content, dict) else {}
    user: JsonObject = {name: content[name] for name in IDENTIFIERS if content.get(name)}
    return Outcome(201, {"users": [user | _result(call, item.array, content)], "message": "success"}, outcome.errors)


def _result(call: Call, array: str, content: JsonObject) -> JsonObject:
    """What the object left on the profile, as far as it did."""
    profile = call.workspace.look_up(content)
    if array == "attributes":
        stored = profile.attributes if profile else {}
        return {"custom_attributes": {name: stored[name] for name in content if name in stored}}
    records = [] if profile is None else profile.custom_events if array == "events" else profile.purchases
    field = "name" if array == "events" else "product_id"
    told = [record for record in records if record[field] == content[field]]
    return {"custom_events" if array == "events" else "purchase_events": summaries(told, field)}


def _processed(call: Call) -> Outcome:
    items = call.batch.items
    errors = [_refusal(item, call) for item in items]
    told: list[Json] = [
        {"type": error, "input_array": item.array, "index": item.place}
        for item, error in zip(items, errors, strict=True)
        if error is not None
    ]
    if len(told) == len(items):
        payload: JsonObject = {"message": NO_VALID_DATA}
        return Outcome(400, payload | {"errors": told} if told else payload, errors)
    good = [item for item, error in zip(items, errors, strict=True) if error is None]
    if call.rules.disorder:
        apply_in_disorder(call, good)
    else:
        for item in good:
            call.workspace.apply(item, now=call.now, rules=call.rules)
    return Outcome(201, _success(call.batch, good, told), errors)


def _refusal(item: Item, call: Call) -> str | None:
    scripted = next((fault.error for fault in call.item_faults if is_hit(fault, item)), None)
    if scripted:
        return scripted
    refusal = check_item(item, call.rules)
    return refusal.code if refusal is not None and call.rules.errors == "codes" else refusal


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
