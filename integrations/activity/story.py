"""One member's story: what came in, what became of it, and who called about the member, newest first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.activity import lookups
from integrations.activity.call_log import calls_of_account, place_of
from integrations.activity.cursors import BadCursor, Cursor
from integrations.calls.masking import masked
from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery.models import Delivery, DeliveryOutcome, State, StoredEvent
from integrations.frame.call_rows import CallRow, call_rows
from integrations.frame.causes import explained_alone, in_a_sentence, notes_in_words
from integrations.frame.json_text import pretty
from integrations.frame.places import Place
from integrations.spec import IntegrationSpec

PAGE = 25
_CURSOR = re.compile(r"([0-9]{1,18})?-(?:([0-9]{1,16})\.([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an event. `call` is the request that ended it; `is_over` tells what was sent again later."""

    at: datetime | None
    tone: str
    picture: str
    label: str
    why: str = ""
    call: ApiCall | None = None
    is_maybe_twice: bool = False
    is_over: bool = False
    state: str = ""
    # Names the event's page among those that did not arrive; empty where it has none.
    letter: str = ""
    # What was left out or repaired.
    notes: tuple[str, ...] = ()

    @property
    def call_day(self) -> str:
        return f"{self.call.day:%Y%m%d}" if self.call else ""


@dataclass(frozen=True, slots=True)
class EventEntry:
    at: datetime
    event: StoredEvent
    data: str
    steps: tuple[Step, ...]
    is_focus: bool = False


@dataclass(frozen=True, slots=True)
class CallEntry:
    at: datetime
    call: CallRow


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of the events of one page, for the time line and for the sentence above it."""

    events: Sequence[StoredEvent]
    outcomes: Mapping[int, Sequence[DeliveryOutcome]]
    waiting: Mapping[int, Delivery]
    calls: Mapping[str, ApiCall]


@dataclass(frozen=True, slots=True)
class Story:
    """`older` is the cursor of what lies further back, empty at the beginning of the log."""

    entries: Sequence[EventEntry | CallEntry]
    read: Read
    older: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.entries


@dataclass(frozen=True, slots=True)
class StoryCursor:
    """Behind this event and behind this call; None stands for the beginning."""

    event: int | None = None
    call: Cursor | None = None

    @classmethod
    def of(cls, text: str) -> "StoryCursor":
        """Raises BadCursor."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise BadCursor
        call = Cursor(int(found[2]), int(found[3])) if found[2] else None
        return cls(int(found[1]) if found[1] else None, call)

    def __str__(self) -> str:
        return f"{self.event or ''}-{self.call or ''}"


def story_of(
    place: Place, *, account_id: str, connection: Connection | None, cursor: StoryCursor, focus: str = ""
) -> Story:
    events = lookups.events_of_account(
        program=place.program, account_id=account_id, older_than=cursor.event, limit=PAGE + 1
    )
    calls = calls_of_account(program=place.program, account_id=account_id, cursor=cursor.call, limit=PAGE + 1)
    moments = [(event.accepted_at, event) for event in events] + [(call.at, call) for call in calls]
    shown = [thing for _at, thing in sorted(moments, key=lambda moment: moment[0], reverse=True)[:PAGE]]
    shown_events = [thing for thing in shown if isinstance(thing, StoredEvent)]
    shown_calls = [thing for thing in shown if isinstance(thing, ApiCall)]
    read = read_events(place, account_id=account_id, connection=connection, events=shown_events)
    rows = {row.pk: row for row in call_rows(spec=place.spec, calls=shown_calls)}
    entries = [
        CallEntry(thing.at, rows[thing.pk]) if isinstance(thing, ApiCall) else _entry(place.spec, thing, read, focus)
        for thing in shown
    ]
    older = ""
    if len(moments) > len(shown):
        last_event = shown_events[-1].pk if shown_events else cursor.event
        last_call = place_of(shown_calls[-1]) if shown_calls else cursor.call
        older = str(StoryCursor(last_event, last_call))
    return Story(entries, read, older)


def read_events(place: Place, *, account_id: str, connection: Connection | None, events: Sequence[StoredEvent]) -> Read:
    outcomes = lookups.outcomes_of(program=place.program, account_id=account_id, connection=connection, events=events)
    ended = [row for rows in outcomes.values() for row in rows]
    return Read(
        events=events,
        outcomes=outcomes,
        waiting=lookups.units_waiting(connection=connection, events=events) if connection else {},
        calls=lookups.calls_of_outcomes(program=place.program, outcomes=ended),
    )


def _entry(spec: IntegrationSpec, event: StoredEvent, read: Read, focus: str) -> EventEntry:
    steps = [_step(spec, row, read.calls.get(row.request_id)) for row in read.outcomes.get(event.pk, [])]
    if unit := read.waiting.get(event.pk):
        steps.insert(0, _waiting(unit))
    if not steps:
        steps.append(Step(None, "calm", "slash-circle", _("Not sent"), _("Nothing became of it on this connection.")))
    is_focus = bool(focus) and event.event_id == focus
    return EventEntry(event.accepted_at, event, pretty(masked(event.data)), tuple(steps), is_focus)


def _waiting(unit: Delivery) -> Step:
    why = _("Tried again later: the last request failed.") if unit.lane.failures else ""
    return Step(unit.since, "warn", "hourglass-split", _("Waiting"), why, is_maybe_twice=unit.is_maybe_twice)


def _step(spec: IntegrationSpec, row: DeliveryOutcome, call: ApiCall | None) -> Step:
    tones = {State.DELIVERED: "good", State.DEAD: "bad", State.FILTERED: "calm"}
    pictures = {State.DELIVERED: "check-circle-fill", State.DEAD: "x-circle-fill", State.FILTERED: "slash-circle"}
    state = State(row.state)
    return Step(
        at=row.at,
        tone=tones[state],
        picture=pictures[state],
        label=str(state.label),
        why=reason_in_words(spec, state, row.reason),
        call=call,
        is_maybe_twice=row.is_maybe_twice,
        is_over=row.replayed_at is not None,
        state=state,
        letter=letter_name(row) if row.connection_id and state != State.DELIVERED else "",
        notes=notes_in_words(spec, row.notes),
    )


def failed_letter(story: Story, event: StoredEvent | None) -> str:
    """Names the page on which the event, without one the newest, is sent again; empty where it is not in sight."""
    entries = [each for each in story.entries if isinstance(each, EventEntry)]
    about = next((each for each in entries if event is None or each.event.pk == event.pk), None)
    steps = about.steps if about else ()
    return next((step.letter for step in steps if step.state == State.DEAD and not step.is_over), "")


def letter_name(row: DeliveryOutcome) -> str:
    return f"{row.day:%Y%m%d}-{row.pk}"


def reason_in_words(spec: IntegrationSpec, state: str, reason: str) -> str:
    """Of an event that did not arrive."""
    return in_a_sentence(explained_alone(spec=spec, reason=reason)) if state in {State.DEAD, State.FILTERED} else ""
