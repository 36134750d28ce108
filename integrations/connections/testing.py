"""Tries a stored connection out, on request of a person."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from requests import Session

from integrations.connections.models import Connection
from integrations.spec import Checked
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor, record

STARTED, TESTED = "connection.test_started", "connection.tested"
PAUSE = timedelta(minutes=1)


def run_test(*, connection: Connection, session: Session, actor: Actor) -> Checked:
    """At most once a minute per connection, whoever asks; an earlier call is told so. Makes a network call."""
    missing = connection.spec.secret_fields - connection.secrets.keys()
    if missing:
        return Checked(False, "incomplete", _("There is no key yet. Fill in the connection first."))
    if not _claim_turn(connection, actor):
        advice = _("This connection was tested less than a minute ago. Wait a moment and try again.")
        return Checked(False, "too_soon", advice)
    found = connection.spec.test(connection.load_config(), session)
    outcome = {"reason": found.reason, "is_good": found.is_good, **found.details}
    _record(connection, TESTED, actor, outcome)
    return found


@transaction.atomic
def _claim_turn(connection: Connection, actor: Actor) -> bool:
    """The trail itself says when the last test began."""
    Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    since = timezone.now() - PAUSE
    entries = AuditEntry.objects.filter(program=connection.program.code, action=STARTED, subject=connection.kind)
    if entries.filter(at__gt=since).exists():
        return False
    _record(connection, STARTED, actor, {})
    return True


def _record(connection: Connection, action: str, actor: Actor, after: dict[str, object]) -> None:
    record(actor=actor, action=action, subject=connection.kind, program=connection.program.code, after=after)
