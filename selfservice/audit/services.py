"""Writes the audit trail."""

from dataclasses import dataclass
from typing import Any

from selfservice.audit.models import AuditEntry


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
) -> AuditEntry:
    """Adds one line, inside the caller's transaction, so that a change and its line stand or fall together."""
    return AuditEntry.objects.create(
        actor=actor.name,
        address=actor.address,
        action=action,
        subject=subject,
        program=program,
        before=before or {},
        after=after or {},
    )
