"""Reads the trail: a page of it, and all of it in portions. Numbers rise with time, so a page is found by the number of
the line beside it, and costs the same however long the trail is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from selfservice.audit.models import AuditEntry
from selfservice.trail.filters import Asked

PAGE = 50
_PORTION = 500


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of lines, the newest first. `newer` and `older` are queries that lead to what is beside it; empty where
    nothing is."""

    entries: Sequence[AuditEntry]
    newer: str = ""
    older: str = ""


def page_of(*, asked: Asked, before: int | None = None, after: int | None = None, size: int = PAGE) -> Slice:
    """The lines behind the line `before`, or those in front of the line `after`, else the newest."""
    entries = entries_of(asked)
    if after is not None:
        found = list(entries.filter(id__gt=after).order_by("id")[: size + 1])
        shown = found[:size][::-1]
        newer = f"after={shown[0].pk}" if len(found) > size else ""
        return Slice(shown, newer, f"before={shown[-1].pk}" if shown else "")
    if before is not None:
        entries = entries.filter(id__lt=before)
    found = list(entries.order_by("-id")[: size + 1])
    shown = found[:size]
    older = f"before={shown[-1].pk}" if len(found) > size else ""
    newer = f"after={shown[0].pk}" if shown and before is not None else ""
    return Slice(shown, newer, older)


def all_of(asked: Asked) -> Iterator[AuditEntry]:
    """In portions, each a statement of its own, so that nothing is held open while somebody's line is slow."""
    last: int | None = None
    while True:
        entries = entries_of(asked)
        found = list((entries.filter(id__lt=last) if last else entries).order_by("-id")[:_PORTION])
        yield from found
        if len(found) < _PORTION:
            return
        last = found[-1].pk


def entries_of(asked: Asked) -> QuerySet[AuditEntry]:
    wanted = Q()
    if asked.program:
        wanted &= Q(program=asked.program)
    if asked.who:
        wanted &= Q(actor__icontains=asked.who)
    if asked.what:
        wanted &= Q(action=asked.what)
    if asked.subject:
        wanted &= Q(subject=asked.subject)
    if asked.since:
        wanted &= Q(at__gte=asked.since)
    if asked.until:
        wanted &= Q(at__lt=asked.until)
    return AuditEntry.objects.filter(wanted).select_related("reason")
