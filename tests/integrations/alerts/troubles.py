"""What each rule tells of, made in the tables that it reads, and mended there."""

from datetime import timedelta

from django.db.models import F

from integrations.alerts.models import Rule
from integrations.connections.models import Connection
from integrations.delivery.models import Delivery, Lane
from integrations.statistics.models import CallHourCount, OutcomeCount
from tests.factories.events import balance_event
from tests.integrations.delivery.sending import send

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def hour_of(moment):
    return moment.replace(minute=0, second=0, microsecond=0)


def called(connection, at, *, status=200, calls=1, direction="out"):
    CallHourCount.objects.create(
        program_id=connection.program_id,
        hour=hour_of(at),
        kind=connection.kind,
        direction=direction,
        status=status,
        calls=calls,
        units=calls,
    )


def ended(connection, at, *, events=1, state="delivered"):
    OutcomeCount.objects.create(
        program_id=connection.program_id,
        hour=hour_of(at),
        connection_id=connection.pk,
        type="BALANCE_CHANGED",
        state=state,
        is_maybe_twice=False,
        events=events,
    )


def usually(connection, at, *, events=400, weeks=4):
    """So many events in that hour in each of the last four weeks, or since fewer."""
    for week in range(1, weeks + 1):
        ended(connection, at - week * WEEK, events=events)


def make(rule, connection, now):
    if rule is Rule.ERRORS:
        called(connection, now, status=503, calls=30)
    elif rule in {Rule.AGE, Rule.EXPIRY}:
        age = timedelta(hours=2) if rule is Rule.AGE else timedelta(days=61)
        send(connection.program, balance_event())
        Delivery.objects.update(since=now - age, day=(now - age).date())
    elif rule is Rule.REFUSED:
        Connection.objects.filter(pk=connection.pk).update(stopped_at=now, stop_reason="key_refused")
    elif rule is Rule.SILENCE:
        for hours in range(-1, 4):
            usually(connection, now + hours * HOUR)
    else:
        ended(connection, now, events=120, state="dead")
        Lane.objects.create(program=connection.program, connection=connection, number=0, accepted=120, dead=120)


def mend(rule, connection, now):
    if rule is Rule.ERRORS:
        called(connection, now, calls=10_000)
    elif rule in {Rule.AGE, Rule.EXPIRY}:
        Delivery.objects.all().delete()
        Lane.objects.update(delivered=F("accepted"))
    elif rule is Rule.REFUSED:
        Connection.objects.filter(pk=connection.pk).update(stopped_at=None, stop_reason="")
    elif rule is Rule.SILENCE:
        ended(connection, now, events=60)
    else:
        # Sent again.
        Lane.objects.update(dead=0, delivered=120)
