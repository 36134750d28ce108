"""Puts a page of one integration together: its head, its tabs, and what the page itself is about."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.frame.places import Place
from integrations.frame.state import state_of
from integrations.frame.tabs import tabs_of

# A form was sent and refused; the page shows it again.
UNPROCESSABLE = 422


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
    shared = {
        "program": place.program,
        "spec": place.spec,
        "place": place,
        "connection": connection,
        "state": state_of(spec=place.spec, connection=connection),
        "tabs": tabs_of(place, current=tab),
    }
    return render(request, template, {**shared, **context}, status=status)
