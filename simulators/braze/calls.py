"""One call to an endpoint of Braze, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulators.braze.batch import Batch
from simulators.braze.items import USUAL_RULES
from simulators.braze.plans import Plan
from simulators.braze.profiles import Workspace
from simulators.braze.rules import Rules
from simulators.faults import ItemFault
from simulators.json_values import Json, JsonObject

NOT_PROCESSED = "not processed"
EMPTY_BATCH = Batch((), {})


@dataclass(frozen=True, slots=True)
class Call:
    """`batch` belongs to the endpoints that take objects, `body` and `query` to all others."""

    workspace: Workspace
    plan: Plan
    now: datetime
    rules: Rules = USUAL_RULES
    batch: Batch = EMPTY_BATCH
    body: JsonObject = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    item_faults: Sequence[ItemFault] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`errors` has one place for each object of the batch, null for one that took effect."""

    status: int
    payload: JsonObject
    errors: Sequence[str | None] = ()


def refuse(batch: Batch | None, status: int, payload: JsonObject) -> Outcome:
    """An answer to a request whose objects were not looked at."""
    return Outcome(status, payload, [NOT_PROCESSED] * len(batch.items) if batch else [])


def wrong(sentence: str) -> Outcome:
    return Outcome(400, {"message": sentence})


def as_list(value: Json) -> list[Json]:
    """What may be sent as one value or as several."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
