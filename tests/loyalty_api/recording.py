"""A sink that keeps what the engine says, in the place that the product's intake has otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from loyalty_api.contract import LoyaltyEvent
from selfservice.database import rows
from selfservice.database.rows import Change
from selfservice.programs.models import Program

SINK = "tests.loyalty_api.recording.record"


@dataclass(frozen=True)
class Call:
    program: str
    events: list[LoyaltyEvent]
    source: str


calls: list[Call] = []
_lock = Lock()


def record(*, program: Program, events: Sequence[LoyaltyEvent], source: str, along: Change | None) -> None:
    if along:
        rows.apply(along)
    with _lock:
        calls.append(Call(program.code, list(events), source))


def refuse(*, program: Program, events: Sequence[LoyaltyEvent], source: str, along: Change | None) -> None:
    raise RuntimeError("the intake is away")


def all_events() -> list[LoyaltyEvent]:
    return [event for call in calls for event in call.events]


def types() -> list[str]:
    return [event.type for event in all_events()]
