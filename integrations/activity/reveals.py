"""Who has looked at personal data in calls, and why. The audit trail is where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from selfservice.audit.models import AuditEntry
from selfservice.programs.models import Program

REVEALED = "call.revealed"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Reveals:
    """The newest first, of as long as calls are kept; `is_more` than are shown."""

    entries: Sequence[AuditEntry]
    is_more: bool


def reveals_of(*, program: Program) -> Reveals:
    since = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    found = AuditEntry.objects.filter(program=program.code, action=REVEALED, at__gte=since).order_by("-id")
    entries = list(found[: SHOWN + 1])
    return Reveals(entries[:SHOWN], len(entries) > SHOWN)
