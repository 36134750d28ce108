"""Incidents, and addresses that are asked whether they want alerts."""

from datetime import timedelta

from django.utils import timezone

from integrations.alerts.models import Incident, Rule
from integrations.alerts.receivers import add_address, confirm, note_asked
from selfservice.audit.services import Actor

BOSS = Actor("boss@example.org", "198.51.100.7")


def asked_address(program, email="ops@example.org", *, now=None):
    """As after its mail went out; the answer has the token."""
    now = now or timezone.now()
    asked = add_address(program=program, email=email, actor=BOSS, now=now)
    note_asked(receiver=asked.receiver, now=now)
    asked.receiver.refresh_from_db()
    return asked


def receiving(program, email="ops@example.org"):
    """An address that has said yes."""
    asked = asked_address(program, email)
    confirm(receiver=asked.receiver, address=None, now=timezone.now())
    return email


def incident(connection, rule=Rule.DEAD, *, hours=2, lasted=None, **facts):
    """Opened so many hours ago; over after `lasted` hours, where that is given."""
    opened = timezone.now() - timedelta(hours=hours)
    ended = opened + timedelta(hours=lasted) if lasted is not None else None
    return Incident.objects.create(
        program=connection.program,
        connection=connection,
        rule=rule,
        facts=facts or {"failed": 1200},
        opened_at=opened,
        ended_at=ended,
        is_cleared=ended is not None,
    )


def alerted(connection, email):
    """One incident that is open, one that is over, and an address that has not answered yet."""
    incident(connection)
    incident(connection, Rule.AGE, hours=30, lasted=3, waiting=12, since=timezone.now().isoformat(), status="paused")
    return asked_address(connection.program, email)
