"""Writes the audit trail."""

from dataclasses import dataclass
from typing import Any

from selfservice.audit.models import REASON, REASON_LENGTH, AuditEntry, AuditReason


@dataclass(frozen=True)
class Actor:
    """Who acts: a mail address, or the command line; and from where."""

    name: str
    address: str | None = None


COMMAND_LINE = Actor("command line")


def record(
    *,
    actor: Actor,
    action: str,
    subject: str,
    program: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Adds one line, inside the caller's transaction, so that a change and its line stand or fall together.

    `reason` is what somebody wrote about a person. The line itself says only that there was one, since it stays for
    good; see `forget_reasons`.
    """
    entry = AuditEntry.objects.create(
        actor=actor.name,
        address=actor.address,
        action=action,
        subject=subject,
        program=program,
        before=before or {},
        after=(after or {}) | ({REASON: True} if reason else {}),
    )
    if reason:
        AuditReason.objects.create(entry=entry, text=reason[:REASON_LENGTH])
    return entry


def forget_reasons(*, program: str, subject: str) -> None:
    """Deletes what was written about a person as reasons; the lines stay."""
    AuditReason.objects.filter(entry__program=program, entry__subject=subject).delete()
