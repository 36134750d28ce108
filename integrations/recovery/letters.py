"""One event that did not arrive, and lists of them, as pages show them: personal data is masked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.calls.masking import masked, masked_text
from integrations.calls.models import ApiCall, Direction
from integrations.connections.models import Connection
from integrations.delivery import ended, resending, trials
from integrations.delivery.ended import Position
from integrations.delivery.event_form import wire_form
from integrations.delivery.models import DeliveryOutcome, EventEdit, State
from integrations.delivery.replay import Selection
from integrations.frame.causes import explained, explained_alone, notes_in_words
from integrations.frame.json_text import pretty
from integrations.recovery.filters import position_text
from integrations.shown import Explained
from integrations.spec import Mapped
from loyalty_api.contract import Json, LoyaltyEvent
from selfservice.programs.models import Program

PER_PAGE = 50
# An outcome and its call are one statement, so their moments are the same but for the clocks.
_BESIDE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Row:
    outcome: DeliveryOutcome
    place: str
    words: Explained
    is_edited: bool


@dataclass(frozen=True, slots=True)
class LetterPage:
    rows: list[Row]
    next: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """The call in which the event was sent: of the request the `objects` that speak of the event, or, with 0, all."""

    call: ApiCall
    request: str
    response: str
    objects: int

    @property
    def is_part(self) -> bool:
        return self.objects > 0

    @property
    def day(self) -> int:
        """As it names the call in the address of its page."""
        return int(f"{self.call.day:%Y%m%d}")


@dataclass(frozen=True, slots=True)
class Step:
    """The event ended, or somebody edited it."""

    at: datetime
    row: Row | None = None
    edit: EventEdit | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """`received` is None when the event is past retention. `trial` is what it would become today."""

    outcome: DeliveryOutcome
    place: str
    words: Explained
    event: LoyaltyEvent | None
    received: str
    exchange: Exchange | None
    trial: str
    trial_words: Explained | None
    edits: list[EventEdit]
    history: list[Step]
    # What the mapping left out or repaired.
    notes: tuple[str, ...]

    @property
    def may_double(self) -> bool:
        return self.outcome.is_maybe_twice or self.outcome.state == State.DELIVERED

    @property
    def is_partly_taken(self) -> bool:
        refused = self.outcome.refused or []
        return self.outcome.state == State.DEAD and 0 < len(refused) < (self.exchange.objects if self.exchange else 0)

    @property
    def is_over(self) -> bool:
        return self.outcome.replayed_at is not None


def page_of(*, program: Program, connection: Connection, selection: Selection, before: Position | None) -> LetterPage:
    found = ended.newest(program=program, selection=selection, before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    last = shown[-1] if len(found) > PER_PAGE else None
    following = position_text(Position(last.day, last.pk)) if last else ""
    return LetterPage(_rows(connection, shown), following)


def letter_of(*, connection: Connection, position: Position) -> Letter | None:
    outcome = ended.find(connection=connection, day=position.day, outcome_id=position.id)
    if outcome is None:
        return None
    event = resending.event_of(outcome)
    trial, trial_words = _trial(connection, event, outcome) if event else ("", None)
    edits = resending.edits_of(outcome)
    return Letter(
        outcome=outcome,
        place=position_text(position),
        words=explained_alone(spec=connection.spec, reason=outcome.reason),
        event=event,
        received=pretty(masked(wire_form(event))) if event else "",
        exchange=_exchange(connection, outcome, event),
        trial=trial,
        trial_words=trial_words,
        edits=edits,
        history=_history(_rows(connection, ended.history(outcome=outcome)), edits),
        notes=notes_in_words(connection.spec, outcome.notes),
    )


def _rows(connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> list[Row]:
    edited = set(
        EventEdit.objects.filter(stored_event_id__in=[each.stored_event_id for each in outcomes]).values_list(
            "stored_event_id", flat=True
        )
    )
    return [
        Row(
            outcome,
            position_text(Position(outcome.day, outcome.pk)),
            explained(spec=connection.spec, reason=outcome.reason),
            outcome.stored_event_id in edited,
        )
        for outcome in outcomes
    ]


def _history(rows: Sequence[Row], edits: Sequence[EventEdit]) -> list[Step]:
    """Newest first."""
    steps = [Step(row.outcome.at, row=row) for row in rows] + [Step(edit.edited_at, edit=edit) for edit in edits]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _trial(connection: Connection, event: LoyaltyEvent, outcome: DeliveryOutcome) -> tuple[str, Explained | None]:
    found = trials.try_event(connection=connection, event=event)
    if isinstance(found, Mapped):
        return sent_text(connection, found, outcome), None
    return "", explained_alone(spec=connection.spec, reason=found.reason)


def sent_text(connection: Connection, mapped: Mapped, outcome: DeliveryOutcome) -> str:
    """What goes when the event is sent again, as if nothing were known of the profile; masked."""
    parts = trials.parts_left(outcome)
    objects: Json = dict(trials.objects_of(connection=connection, mapped=mapped, parts=parts))
    return pretty(_named(masked(objects), objects))


def _exchange(connection: Connection, outcome: DeliveryOutcome, event: LoyaltyEvent | None) -> Exchange | None:
    if not outcome.request_id:
        return None
    call = _call_at(connection, outcome.at, outcome.request_id)
    if call is None:
        return None
    profile = connection.spec.profile_key(event, connection.config) if event else ""
    own = _own_objects(call.request_body, outcome.event_id, profile)
    request = pretty(_named(masked(dict(own)), dict(own))) if own else _shown(call.request_body)
    return Exchange(call, request, _shown(call.response_body), sum(map(len, own.values())))


def _call_at(connection: Connection, at: datetime, request_id: str) -> ApiCall | None:
    calls = ApiCall.objects.filter(
        program_id=connection.program_id,
        kind=connection.kind,
        at__range=(at - _BESIDE, at + _BESIDE),
        day__in={(at - _BESIDE).date(), (at + _BESIDE).date()},
        direction=Direction.OUT,
        request_id=request_id,
    )
    found: ApiCall | None = calls.order_by("-at").first()
    return found


def _shown(body: str) -> str:
    try:
        return pretty(masked(json.loads(body)))
    except ValueError:
        return masked_text(body)


def _named(hidden: Json, sent: Json) -> Json:
    """What has a time beside its name is an event, and its name is nobody's."""
    if isinstance(hidden, dict) and isinstance(sent, dict):
        found = {name: _named(value, sent[name]) for name, value in hidden.items()}
        return found | {"name": sent["name"]} if {"name", "time"} <= sent.keys() else found
    if isinstance(hidden, list) and isinstance(sent, list):
        return [_named(*each) for each in zip(hidden, sent, strict=True)]
    return hidden


def _own_objects(body: str, event_id: str, profile: str) -> dict[str, list[Json]]:
    """Of a request for many the objects that speak of this event or its profile; empty when the body was cut."""
    try:
        arrays = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(arrays, dict):
        return {}
    found: dict[str, list[Json]] = {}
    for name, objects in arrays.items():
        own = [each for each in objects if _speaks_of(each, event_id, profile)] if isinstance(objects, list) else []
        if own:
            found[name] = own
    return found


def _speaks_of(item: Any, event_id: str, profile: str) -> bool:
    if not isinstance(item, dict):
        return False
    properties = item.get("properties")
    if isinstance(properties, dict) and "event_id" in properties:
        return bool(properties["event_id"] == event_id)
    inner = [value for found in item.values() if isinstance(found, dict) for value in found.values()]
    return bool(profile) and profile in [*item.values(), *inner]
