"""Tries a stored connection out, on request of a person."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from requests import Session

from integrations.connections.models import Connection
from integrations.connections.services import note_test
from integrations.spec import Checked
from selfservice.audit.models import AuditEntry
from selfservice.audit.services import Actor, record

STARTED, TESTED = "connection.test_started", "connection.tested"
ASKED = "connection.member_asked"
PAUSE = timedelta(minutes=1)
ASKING_PAUSE = timedelta(seconds=3)


def run_test(*, connection: Connection, session: Session, actor: Actor) -> Checked:
    """At most once a minute per configuration, whoever asks; an earlier call is told so. Makes a network call."""
    if lacking := _without_key(connection):
        return lacking
    if not _claim_turn(connection, actor):
        advice = _("This connection was tested less than a minute ago. Wait a moment and try again.")
        return Checked(False, "too_soon", advice)
    found = connection.spec.test(connection.load_config(), session)
    note_test(connection=connection, reason=found.reason, is_good=found.is_good, is_refusal=found.is_refusal)
    said = {"request": list(found.request), "answer": list(found.answer)}
    _record(connection, TESTED, actor, {"reason": found.reason, "is_good": found.is_good, **found.details, **said})
    return found


def ask_for_profile(
    *, connection: Connection, account_id: str, profile: str, session: Session, actor: Actor
) -> Checked:
    """Whether the other system knows the profile of a member. Makes a network call."""
    find_profile = connection.spec.find_profile
    assert find_profile, "the page offers this only where it can be asked"
    if lacking := _without_key(connection):
        return lacking
    if not _claim_asking(connection, account_id, actor):
        return Checked(False, "too_soon", _("Somebody has just asked. Wait a few seconds and try again."))
    return find_profile(connection.load_config(), profile, session)


def last_test(*, connection: Connection) -> AuditEntry | None:
    return _entries(connection, TESTED).first()


def _without_key(connection: Connection) -> Checked | None:
    missing = connection.spec.secret_fields - connection.secrets.keys()
    advice = _("There is no key yet. Fill in the connection first.")
    return Checked(False, "incomplete", advice) if missing else None


@transaction.atomic
def _claim_turn(connection: Connection, actor: Actor) -> bool:
    """The trail itself says when the last test began. What has been saved since may be tested at once."""
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    since = max(timezone.now() - PAUSE, held.updated_at)
    if _entries(connection, STARTED).filter(at__gt=since).exists():
        return False
    _record(connection, STARTED, actor, {})
    return True


@transaction.atomic
def _claim_asking(connection: Connection, account_id: str, actor: Actor) -> bool:
    Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if _entries(connection, ASKED).filter(at__gt=timezone.now() - ASKING_PAUSE).exists():
        return False
    _record(connection, ASKED, actor, {"account_id": account_id})
    return True


def _entries(connection: Connection, action: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(program=connection.program.code, action=action, subject=connection.kind)


def _record(connection: Connection, action: str, actor: Actor, after: dict[str, object]) -> None:
    record(actor=actor, action=action, subject=connection.kind, program=connection.program.code, after=after)
