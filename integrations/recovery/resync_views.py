"""Telling the other side again what is true of every member."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.delivery import resync_turns, resyncing, wakeups
from integrations.delivery.models import Resync, ResyncState
from integrations.delivery.resyncs import waiting
from integrations.frame.pages import framed
from integrations.frame.places import Place, place_or_404
from integrations.recovery import pages
from integrations.recovery.plans import minutes_for
from loyalty_api.contract import PlatformUnavailable
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role

_CHANGES: dict[str, Callable[..., bool]] = {"pause": resync_turns.pause, "cancel": resync_turns.cancel}
_OPEN = (ResyncState.RUNNING, ResyncState.PAUSED)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resync(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    is_acting = request.method == "POST"
    place = place_or_404(request, code, kind, at_least=Role.EDITOR if is_acting else Role.VIEWER)
    connection = find(program=place.program, kind=kind)
    if connection is None and not is_acting:
        return pages.unconnected_page(request, place)
    connection = connection or pages.connection_or_404(place)
    if is_acting:
        _act(request, connection)
        return redirect("recovery:resync", code=code, kind=kind)
    found = resync_turns.newest(connection=connection)
    context = _about(connection, found) | {"resync": found, "is_open": bool(found and found.state in _OPEN)}
    return _shown(request, place, connection, context)


def _act(request: HttpRequest, connection: Connection) -> None:
    act, actor = request.POST.get("act", ""), actor_of(request)
    if act == "begin":
        if connection.status != "active":
            messages.warning(request, _("The connection has to stream before members can be told."))
            return
        try:
            resync_turns.begin(connection=connection, actor=actor)
        except PlatformUnavailable:
            messages.error(request, _("The loyalty platform does not answer. Try again in a minute."))
        else:
            wakeups.ask_for("work_off_resyncs")
    elif act not in _CHANGES or not _CHANGES[act](connection=connection, actor=actor):
        messages.info(request, _("Nothing was changed: the resync is not in that state any more."))


def _about(connection: Connection, found: Resync | None) -> dict[str, Any]:
    """The progress of an open one, otherwise the plan of a new one."""
    if found and found.state in _OPEN:
        left = sum(waiting(connection=connection).values())
        return {"told": max(0, found.queued - left), "left": left, "unread": len(found.unread)}
    if connection.status != "active":
        return {}
    try:
        plan = resyncing.plan(connection=connection, at_most=settings.REPLAY_COUNTED)
    except PlatformUnavailable:
        return {"is_away": True}
    minutes = minutes_for(connection=connection, units=plan.members)
    return {"plan": plan, "minutes": minutes, "has_more": plan.members == settings.REPLAY_COUNTED}


def _shown(request: HttpRequest, place: Place, connection: Connection, context: dict[str, Any]) -> HttpResponse:
    return framed(request, place, "recovery/resync.html", context, tab=pages.TAB, connection=connection)
