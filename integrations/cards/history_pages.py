"""Puts together the list of a connection's changes, and the page that asks before one goes back."""

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse

from integrations.connections.history import Change, changes, differences_to, holding_entry
from integrations.connections.models import Connection
from integrations.frame.pages import framed
from integrations.frame.places import Place
from selfservice.audit.models import AuditEntry
from selfservice.programs.pages import CONFLICT, UNPROCESSABLE

CHANGES_PER_PAGE = 20
TAB = "cards:connection"


def history_page(request: HttpRequest, place: Place) -> HttpResponse:
    """The newest changes, or those older than the entry that `before` names; what is no number names none."""
    given = request.GET.get("before", "")
    before_id = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else None
    found = changes(program=place.program, spec=place.spec, limit=CHANGES_PER_PAGE + 1, before_id=before_id)
    shown = found[:CHANGES_PER_PAGE]
    context = {
        "changes": shown,
        "is_newest": before_id is None,
        "holding": holding_entry(program=place.program, spec=place.spec),
        "is_bad_filter": bool(given) and before_id is None,
        "newer": "" if before_id is None else "?",
        "older": f"?before={shown[-1].entry.pk}" if len(found) > CHANGES_PER_PAGE else "",
    }
    return framed(request, place, "cards/history.html", context, tab=TAB)


def restore_page(
    request: HttpRequest,
    place: Place,
    *,
    connection: Connection,
    entry: AuditEntry,
    form: forms.Form,
    newest: int,
    meanwhile: Sequence[Change] | None = None,
) -> HttpResponse:
    """What would change. A configuration that the form does not take any more is refused with the reason. Who was
    overtaken is told what changed `meanwhile`, and asked again."""
    is_possible = form.is_valid()
    context = {
        "entry": entry,
        "form": form,
        "is_possible": is_possible,
        "differences": differences_to(connection=connection, entry=entry),
        "seen": newest,
        "meanwhile": meanwhile,
    }
    status = UNPROCESSABLE if request.method == "POST" and not is_possible else 200
    status = status if meanwhile is None else CONFLICT
    return framed(request, place, "cards/restore.html", context, tab=TAB, connection=connection, status=status)
