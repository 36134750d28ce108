"""Gathers what the sentence about a member needs to know."""

from datetime import datetime

from integrations.activity import lookups
from integrations.activity.call_log import newest
from integrations.activity.filters import Asked
from integrations.activity.story import Read, Story, read_events
from integrations.activity.why import UNTOLD, Answer, Fate, Standing, Told, Way, why
from integrations.calls.models import Direction
from integrations.connections.models import Connection
from integrations.delivery.models import Delivery, DeliveryOutcome, HeldEvent, State, StoredEvent
from integrations.delivery.unattended import unattended_since
from integrations.frame.call_errors import passes_by_itself
from integrations.frame.causes import explained_alone, failure, refusal
from integrations.frame.places import Place
from integrations.spec import IntegrationSpec
from loyalty_api.client.factory import reader_for
from loyalty_api.contract import LoyaltyError, NotFound, PlatformUnavailable

# A page waits no longer for a remote platform; that it did not tell is an answer too.
_PLATFORM_SECONDS = 1.3


def answer_for(
    place: Place,
    *,
    account_id: str,
    connection: Connection | None,
    story: Story,
    asked_for: StoredEvent | None,
    now: datetime,
) -> Answer:
    """About the event that was asked for or, without one, about the newest."""
    event, read = asked_for, story.read
    if event is None:
        event = read.events[0] if read.events else None
    elif event.pk not in {shown.pk for shown in read.events}:
        read = read_events(place, account_id=account_id, connection=connection, events=[event])
    told = _told(place, connection, event, read) if event else None
    standing = Standing.KNOWN if told or not story.is_empty else _standing(place, account_id)
    return why(account_id=account_id, standing=standing, way=_way(place, connection, told), told=told, now=now)


def answer_for_held(place: Place, held: HeldEvent, *, now: datetime) -> Answer:
    """About an event that waits for its user's first account."""
    told = Told(str(held.event.get("type", "")), Fate.HELD)
    return why(account_id="", standing=Standing.KNOWN, way=Way(place.spec.title), told=told, now=now)


def _standing(place: Place, account_id: str) -> Standing:
    if lookups.user_of_account(program=place.program, account_id=account_id):
        return Standing.KNOWN
    try:
        reader_for(place.program, seconds=_PLATFORM_SECONDS).profile(account_id=account_id)
    except NotFound:
        return Standing.UNKNOWN
    except (LoyaltyError, PlatformUnavailable):
        return Standing.NOT_TOLD
    return Standing.KNOWN


def _way(place: Place, connection: Connection | None, told: Told | None) -> Way:
    if connection is None:
        return Way(place.spec.title)
    waits = told is not None and told.fate == Fate.WAITING
    return Way(
        title=place.spec.title,
        status=connection.status,
        reason=refusal(spec=place.spec, reason=connection.stop_reason) if connection.stop_reason else "",
        parked_until=connection.parked_until,
        is_wait_stated=connection.is_wait_stated,
        is_unattended=waits and connection.pk in unattended_since(program_ids=[connection.program_id]),
    )


def _told(place: Place, connection: Connection | None, event: StoredEvent, read: Read) -> Told:
    if unit := read.waiting.get(event.pk):
        return _told_waiting(place, event, unit)
    ended = next((row for row in read.outcomes.get(event.pk, []) if row.replayed_at is None), None)
    if ended is None:
        return Told(event.type, Fate.ELSEWHERE)
    return _told_ended(place.spec, connection, event, ended, read)


def _told_ended(
    spec: IntegrationSpec, connection: Connection | None, event: StoredEvent, ended: DeliveryOutcome, read: Read
) -> Told:
    call = read.calls.get(ended.request_id)
    profile = ""
    if connection and connection.is_complete:
        profile = connection.spec.profile_key(lookups.as_event(event), connection.config)
    return Told(
        type=event.type,
        fate=Fate(ended.state),
        at=ended.at,
        words=explained_alone(spec=spec, reason=ended.reason) if ended.state != State.DELIVERED else UNTOLD,
        profile=profile,
        status=call.status if call else 0,
        is_maybe_twice=ended.is_maybe_twice,
        is_altered=bool(ended.notes),
    )


def _told_waiting(place: Place, event: StoredEvent, unit: Delivery) -> Told:
    lane, error = unit.lane, ""
    if lane.failures:
        asked = Asked(kind=place.spec.kind, direction=Direction.OUT, outcome="problem", since=unit.since)
        last = newest(program=place.program, asked=asked)
        error = last.error if last else ""
    return Told(
        type=event.type,
        fate=Fate.WAITING,
        due_at=lane.due_at,
        is_under_way=hasattr(lane, "attempt") and lane.lease_until is not None,
        failures=lane.failures,
        last_error=failure(spec=place.spec, reason=error) if error else "",
        needs_somebody=bool(error) and not passes_by_itself(error),
    )
