"""Puts a page of one integration together: its head, its tabs, and what the page itself is about."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.frame.health import Lately, lately_of
from integrations.frame.places import Place, address_of
from integrations.frame.state import CardState, state_of
from integrations.frame.tabs import tabs_of
from selfservice.programs.access import may


def framed(
    request: HttpRequest,
    place: Place,
    template: str,
    context: Mapping[str, Any],
    *,
    tab: str,
    connection: Connection | None = None,
    status: int = 200,
) -> HttpResponse:
    """`template` extends frame/page.html; `tab` is the view name of the tab that it belongs to. Who has read the
    connection already passes it on."""
    connection = connection or find(program=place.program, kind=place.spec.kind)
    state = state_of(spec=place.spec, connection=connection, lately=lately(connection))
    shared = {
        "program": place.program,
        "spec": place.spec,
        "place": place,
        "connection": connection,
        "state": state,
        # No page leads to itself, nor to its own form.
        "act": "" if state.view == tab and (not state.anchor or state.leads_to_field) else act_of(state, place),
        "tabs": tabs_of(place, current=tab),
    }
    return render(request, template, {**shared, **context}, status=status)


def lately(connection: Connection | None) -> Lately | None:
    """Only of one that streams: of the others something else is to be said first."""
    is_streaming = connection is not None and connection.status == "active"
    return lately_of(connection=connection, now=timezone.now()) if connection and is_streaming else None


def act_of(state: CardState, place: Place) -> str:
    """Where the state's button leads; empty where nothing is to be done, or not by this person."""
    if not state.is_urgent or not may(place.role, state.at_least):
        return ""
    return address_of(state.view, place, anchor=state.anchor)
