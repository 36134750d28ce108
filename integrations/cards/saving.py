"""What follows when a connection was saved: it is tried out, and the person is told what came of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.connections.services import Saved, find
from integrations.connections.testing import run_test
from integrations.frame.places import Place
from integrations.outbound.sessions import session
from selfservice.accounts.actors import actor_of


def stored_or_404(place: Place) -> Connection:
    stored = find(program=place.program, kind=place.spec.kind)
    if stored is None:
        raise Http404
    return stored


def answer_saved(request: HttpRequest, place: Place, saved: Saved) -> HttpResponse:
    """Leads to the overview when all is well, and otherwise to where it is put right."""
    for warning in saved.warnings:
        messages.warning(request, warning)
    code, kind, title = place.program.code, place.spec.kind, place.spec.title
    if not saved.connection.is_complete:
        return redirect("cards:connection", code=code, kind=kind)
    if saved.is_to_be_tried and not _is_found_good(request, saved.connection):
        return redirect("cards:connection", code=code, kind=kind)
    if saved.connection.status == "active":
        messages.success(request, _("Saved. Loyalty events are streaming to %(title)s.") % {"title": title})
    else:
        messages.success(request, _("Saved. Events wait until the connection is resumed."))
    return redirect("cards:card", code=code, kind=kind)


def _is_found_good(request: HttpRequest, connection: Connection) -> bool:
    found = run_test(connection=connection, session=session(), actor=actor_of(request))
    if found.is_good:
        return True
    messages.error(request, _("Saved, but the test failed. %(advice)s") % {"advice": found.advice})
    return False
