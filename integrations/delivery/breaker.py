"""A connection's run of failures. Its state stands in the database, so that all workers heed it."""

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from integrations.connections.models import Connection
from integrations.delivery import lanes
from integrations.delivery.models import Lane

# If so many single events in a row are refused for one reason, it lies with the connection and not with the events.
ALIKE_REFUSALS = 3


def note_failure(connection: Connection) -> bool:
    """Counts a request without usable answer. Whether the connection is broken now: it rests between probes then."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE connections_connection SET failures = failures + 1,
              parked_until = CASE WHEN failures + 1 >= %s THEN now() + %s * interval '1 second' ELSE parked_until END
            WHERE id = %s AND generation = %s RETURNING failures >= %s
            """,
            [
                *(settings.DELIVERY_BREAKER_FAILURES, settings.DELIVERY_PROBE_SECONDS),
                *(connection.pk, connection.generation, settings.DELIVERY_BREAKER_FAILURES),
            ],
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def note_success(connection: Connection) -> None:
    """Ends a run of failures or refusals, and lets the lanes go out that wait because of it."""
    rows = Connection.objects.filter(pk=connection.pk).exclude(failures=0, refusals=0)
    with transaction.atomic():
        if rows.update(failures=0, refusals=0, refusal="", parked_until=None):
            backed_off = Lane.objects.filter(connection=connection, failures__gt=0).exclude(due_at=None)
            Lane.objects.filter(pk__in=lanes.locked(backed_off)).update(due_at=Now())


def is_refused_alike(connection: Connection, reason: str) -> bool:
    """Counts a single event that was refused; whether it is one too many for the same reason."""
    rows = Connection.objects.filter(pk=connection.pk)
    if not rows.filter(refusal=reason).update(refusals=F("refusals") + 1):
        rows.update(refusal=reason, refusals=1)
    return rows.filter(refusals__gte=ALIKE_REFUSALS).exists()
