"""Two people at one form: who saves later is told what the other has saved meanwhile, and undoes nothing unseen.

A page carries the number of the newest entry of the trail that holds a whole state of what it shows, read before what
it shows. Whoever saves holds a lock on the thing before looking.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from selfservice.audit.models import AuditEntry


class OutdatedError(Exception):
    """What the page showed holds no more: nothing is saved."""


@dataclass(frozen=True, slots=True)
class Story:
    """One thing in the trail: each of its `actions` leaves behind what the whole of it was then."""

    program: str
    subject: str
    actions: tuple[str, ...]

    def entries(self) -> QuerySet[AuditEntry]:
        found = AuditEntry.objects.filter(program=self.program, subject=self.subject, action__in=self.actions)
        return found.order_by("-id")

    def newest_seen(self) -> int:
        """0 where nothing is stored yet."""
        return self.entries().values_list("pk", flat=True).first() or 0

    def require_seen(self, seen: int | None, *, of: Callable[[Mapping[str, Any]], Any]) -> None:
        """Raises OutdatedError for who has seen the story up to `seen` only. `of` a state it matters what it returns:
        what else there is may have changed."""
        newest = self.entries().first()
        if seen is None or newest is None or newest.pk == seen:
            return
        then = self.entries().filter(pk=seen).first()
        if of(then.after if then else {}) != of(newest.after):
            raise OutdatedError

    def since(self, seen: int | None, *, limit: int) -> list[AuditEntry]:
        """What came after it, the newest first."""
        return list(self.entries().filter(pk__gt=seen or 0)[:limit])


def seen_of(text: str | None) -> int | None:
    """As a form has sent it; what is no number says nothing."""
    given = text or ""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else None
