"""A connection's run of failures. Its state stands in the database, so that all workers heed it."""

import random

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Now

from integrations.connections.models import Connection
from integrations.delivery import lanes
from integrations.delivery.backoff import rest_seconds
from integrations.delivery.models import Lane
from selfservice.database.texts import storable

# If so many single events in a row are refused for one reason, it lies with the connection and not with the events.
ALIKE_REFUSALS = 3
LONGEST_REST_SECONDS = 60.0


def note_failure(connection: Connection, *, reason: str) -> bool:
    """Counts a request without usable answer, and keeps the symbol of what was wrong. Whether the connection is broken
    now: it rests between probes then. `connection` knows how many there were, about."""
    broken = settings.DELIVERY_BREAKER_FAILURES
    rest = rest_seconds(
        probes=max(0, connection.failures - broken),
        base=settings.DELIVERY_PROBE_SECONDS,
        longest=min(LONGEST_REST_SECONDS, settings.DELIVERY_BACKOFF_MAX_SECONDS),
        chance=random.random(),  # noqa: S311 - jitter, no secret
    )
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE connections_connection SET failures = failures + 1, failure_reason = %s,
              parked_until = CASE WHEN failures + 1 >= %s THEN GREATEST(parked_until, now() + %s * interval '1 second')
                                  ELSE parked_until END,
              is_wait_stated = is_wait_stated AND COALESCE(parked_until > now(), false)
            WHERE id = %s AND generation = %s RETURNING failures >= %s
            """,
            [storable(reason), broken, rest, connection.pk, connection.generation, broken],
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def note_success(connection: Connection) -> None:
    """Ends a run of failures or refusals, and lets the lanes go out that wait because of it. A wait that the other side
    asked for goes on: the request that was taken may be older."""
    rows = Connection.objects.filter(pk=connection.pk, generation=connection.generation)
    with transaction.atomic():
        rows.update(proven_generation=F("generation"))
        if rows.exclude(failures=0, refusals=0).update(
            failures=0,
            failure_reason="",
            refusals=0,
            refusal="",
            parked_until=Case(When(is_wait_stated=True, then=F("parked_until"))),
        ):
            backed_off = Lane.objects.filter(connection=connection, failures__gt=0).exclude(due_at=None)
            Lane.objects.filter(pk__in=lanes.locked(backed_off)).update(due_at=Now())


def is_refused_alike(connection: Connection, reason: str, *, events: int = 1) -> bool:
    """Counts events that were refused each by itself; whether they are too many for the same reason. Where anything has
    been taken of this configuration, it lies with the events."""
    reason = storable(reason)
    rows = Connection.objects.filter(pk=connection.pk, generation=connection.generation)
    if not rows.filter(refusal=reason).update(refusals=F("refusals") + events):
        rows.update(refusal=reason, refusals=events)
    unproven = rows.exclude(proven_generation=F("generation"))
    return unproven.filter(refusals__gte=ALIKE_REFUSALS).exists()
