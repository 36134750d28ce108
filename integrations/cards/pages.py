"""Puts the pages of one integration together: what it does, and its connection."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from integrations.calls.models import ApiCall
from integrations.cards.contexts import Asked, connection_context, overview_context
from integrations.cards.stored import FormSection, form_sections, stored_values
from integrations.connections.models import Connection
from integrations.connections.services import connection_form, find
from integrations.frame.call_rows import call_rows
from integrations.frame.meanwhile import seen_context
from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of, doors_url
from selfservice.programs.pages import CONFLICT, UNPROCESSABLE

# The log holds the others.
SHOWN_CALLS = 8


def overview_page(request: HttpRequest, place: Place) -> HttpResponse:
    """How the integration is doing."""
    program, spec = place.program, place.spec
    connection = find(program=program, kind=spec.kind)
    calls = ApiCall.objects.recent(program=program, kind=spec.kind, limit=SHOWN_CALLS)
    context = {
        **overview_context(place, connection),
        "calls": call_rows(spec=spec, calls=calls),
        "retention_days": settings.RETENTION_DAYS,
    }
    if connection and connection.status == "paused":
        # The page itself says what waits, and has the button.
        context["act"] = ""
    return framed(request, place, "cards/overview.html", context, tab="cards:card", connection=connection)


def connection_page(
    request: HttpRequest,
    place: Place,
    *,
    refused: forms.Form | None = None,
    is_outdated: bool = False,
    asked: Asked | None = None,
) -> HttpResponse:
    """The form, for who may not change it what is stored. `is_outdated`: refused for what somebody else saved."""
    seen = seen_context(request, place, is_kept=refused is not None, is_outdated=is_outdated) if place.is_admin else {}
    connection = find(program=place.program, kind=place.spec.kind)
    help_template = f"{place.spec.kind}/help.html"
    context: dict[str, object] = {"help_template": help_template, "doors_url": doors_url(request, place)}
    # Loading an answer again asks for the page, and the other system not twice.
    context |= {"asked": asked, "address": address_of("cards:connection", place) if asked else ""}
    context |= connection_context(place, connection) | seen
    if place.is_admin:
        form = refused or connection_form(program=place.program, spec=place.spec)
        context |= {"form": form, "form_sections": _sections(place, form, connection)}
    elif connection:
        context |= {"stored": stored_values(spec=place.spec, connection=connection)}
    status = CONFLICT if is_outdated else UNPROCESSABLE if refused else 200
    tab = "cards:connection"
    return framed(request, place, "cards/connection.html", context, tab=tab, connection=connection, status=status)


def _sections(place: Place, form: forms.Form, connection: Connection | None) -> list[FormSection]:
    return form_sections(form=form, connection=connection, without=place.spec.matrix.fields)
