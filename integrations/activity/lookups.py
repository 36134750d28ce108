"""Reads single things by their own names: an event, a coupon's events, what ended with one request."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.delivery.intake import lane_number
from integrations.delivery.log_indexes import OF_COUPONS
from integrations.delivery.models import (
    Delivery,
    DeliveryOutcome,
    EventKey,
    HeldEvent,
    Lane,
    StoredEvent,
    UserAccount,
)
from loyalty_api.contract import LoyaltyEvent
from selfservice.programs.models import Program

_SHOWN = 20


def find_event(*, program: Program, event_id: str) -> StoredEvent | None:
    """By the list of ids that were seen, which knows the day."""
    known = EventKey.objects.filter(program_id=program.pk, event_id=event_id).values_list("day", flat=True).first()
    if known is None:
        return None
    return StoredEvent.objects.filter(day=known, event_id=event_id, program_id=program.pk).first()


def events_of_coupon(*, program: Program, text: str) -> list[StoredEvent]:
    """The newest that tell of the coupon with this id, or of this code."""
    rows = StoredEvent.objects.filter(OF_COUPONS, program_id=program.pk).order_by("-pk")
    found = {event.pk: event for name in ("couponId", "couponCode") for event in _naming(rows, name, text)}
    return sorted(found.values(), key=lambda event: -event.pk)[:_SHOWN]


def _naming(rows: QuerySet[StoredEvent], name: str, text: str) -> list[StoredEvent]:
    # As the index has it; the lookup of a JSON field by its value would compare JSON.
    return list(rows.alias(named=KeyTextTransform(name, "data")).filter(named=text)[:_SHOWN])


def accounts_of_user(*, program: Program, user_id: str) -> list[str]:
    rows = UserAccount.objects.filter(program_id=program.pk, user_id=user_id)
    return list(rows.order_by("account_id").values_list("account_id", flat=True)[:_SHOWN])


def user_of_account(*, program: Program, account_id: str) -> str:
    rows = UserAccount.objects.filter(program_id=program.pk, account_id=account_id)
    return rows.values_list("user_id", flat=True).first() or ""


def held_events(*, program: Program, user_id: str = "", event_id: str = "") -> list[HeldEvent]:
    """What waits until the user has an account."""
    rows = HeldEvent.objects.filter(program_id=program.pk)
    rows = rows.filter(event_id=event_id) if event_id else rows.filter(user_id=user_id)
    return list(rows.order_by("held_at")[:_SHOWN])


def events_of_account(
    *, program: Program, account_id: str, older_than: int | None = None, limit: int
) -> list[StoredEvent]:
    """Newest first."""
    rows = StoredEvent.objects.filter(program_id=program.pk, account_id=account_id)
    if older_than is not None:
        rows = rows.filter(pk__lt=older_than)
    return list(rows.order_by("-pk")[:limit])


def outcomes_of(
    *, program: Program, account_id: str, connection: Connection | None, events: Sequence[StoredEvent]
) -> dict[int, list[DeliveryOutcome]]:
    """How each of the events ended here, the newest first; those that no connection was there for, too."""
    if not events:
        return {}
    rows = DeliveryOutcome.objects.filter(
        program_id=program.pk,
        account_id=account_id,
        day__gte=min(event.day for event in events),
        stored_event_id__in=[event.pk for event in events],
    )
    found: dict[int, list[DeliveryOutcome]] = {}
    for row in rows.order_by("-at", "-id"):
        if row.connection_id in {None, connection.pk if connection else None}:
            found.setdefault(row.stored_event_id, []).append(row)
    return found


def units_waiting(*, connection: Connection, events: Sequence[StoredEvent]) -> dict[int, Delivery]:
    """Of these events those that wait, each with its lane. Only the lanes of their profiles are looked into."""
    if not events or not connection.is_complete:
        return {}
    spec = connection.spec
    numbers = {lane_number(spec.profile_key(as_event(event), connection.config)) for event in events}
    # Which lanes of an earlier epoch they are in nobody knows; those are emptied first, and soon.
    lanes = Lane.objects.filter(connection=connection).exclude(due_at=None)
    lanes = lanes.filter(Q(number__in=numbers) | Q(epoch__lt=connection.lane_epoch))
    rows = Delivery.objects.filter(lane__in=list(lanes), event_id__in=[event.pk for event in events], account_id="")
    return {row.event_id: row for row in rows.select_related("lane__attempt")}


def as_event(event: StoredEvent) -> LoyaltyEvent:
    return LoyaltyEvent(
        event_id=event.event_id,
        type=event.type,
        occurred_at=event.occurred_at,
        account_id=event.account_id,
        data=event.data,
        user_id=event.user_id,
        partner_id=event.partner_id,
        member_role=event.member_role,
        external_code=event.external_code,
    )


def calls_of_outcomes(*, program: Program, outcomes: Sequence[DeliveryOutcome]) -> dict[str, ApiCall]:
    """The requests with which they ended, by their ids."""
    ids = {row.request_id for row in outcomes} - {""}
    if not ids:
        return {}
    days = {row.day for row in outcomes}
    rows = ApiCall.objects.filter(request_id__in=ids, program_id=program.pk, day__in=days)
    return {call.request_id: call for call in rows.defer("request_body", "response_body")}


def units_of_request(*, program: Program, request_id: str, at: datetime, duration_ms: int) -> list[DeliveryOutcome]:
    """What ended with this request; it was stored right after the answer."""
    until = at + timedelta(milliseconds=duration_ms, minutes=2)
    rows = DeliveryOutcome.objects.filter(
        connection_id__in=list(Connection.objects.filter(program=program).values_list("pk", flat=True)),
        at__gte=at,
        at__lte=until,
        day__gte=at.date(),
        day__lte=until.date(),
        request_id=request_id,
    )
    return list(rows.order_by("stored_event_id")[:100])
