"""Puts the pages of one integration together: what it does, and its connection."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from integrations.calls.models import ApiCall
from integrations.cards.call_rows import call_rows
from integrations.cards.figures import ledger_of
from integrations.cards.pulse import pulse_of
from integrations.cards.stored import form_sections, stored_values
from integrations.connections.services import connection_form, find
from integrations.delivery.ledger import connection_tally
from integrations.frame.pages import UNPROCESSABLE, framed
from integrations.frame.places import Place, doors_url


def overview_page(request: HttpRequest, place: Place) -> HttpResponse:
    """How the integration is doing."""
    program, spec = place.program, place.spec
    connection = find(program=program, kind=spec.kind)
    calls = ApiCall.objects.recent(program=program, kind=spec.kind, limit=20)
    context = {
        "ledger": ledger_of(tally=connection_tally(connection=connection)) if connection else None,
        "pulse": pulse_of(program=program, spec=spec, connection=connection, now=timezone.now()),
        "calls": call_rows(spec=spec, calls=calls),
        "retention_days": settings.RETENTION_DAYS,
    }
    return framed(request, place, "cards/overview.html", context, tab="cards:card", connection=connection)


def connection_page(request: HttpRequest, place: Place, *, refused: forms.Form | None = None) -> HttpResponse:
    """The form, for who may not change it what is stored."""
    connection = find(program=place.program, kind=place.spec.kind)
    help_template = f"{place.spec.kind}/help.html"
    context: dict[str, object] = {"help_template": help_template, "doors_url": doors_url(request, place)}
    if place.is_admin:
        form = refused or connection_form(program=place.program, spec=place.spec)
        context |= {"form": form, "form_sections": form_sections(form=form, connection=connection)}
    elif connection:
        context |= {"stored": stored_values(spec=place.spec, connection=connection)}
    status = UNPROCESSABLE if refused else 200
    tab = "cards:connection"
    return framed(request, place, "cards/connection.html", context, tab=tab, connection=connection, status=status)
