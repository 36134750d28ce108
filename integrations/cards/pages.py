"""Puts the pages of one integration together: what it does, its connection, its keys, and texts to copy."""

from django import forms
from django.conf import settings
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from integrations.calls.models import ApiCall
from integrations.cards.addresses import is_public
from integrations.cards.contexts import Asked, connection_context, overview_context
from integrations.cards.forms import KeyForm
from integrations.cards.snippet_parts import shown
from integrations.cards.stored import FormSection, form_sections, stored_values
from integrations.connections.models import Connection
from integrations.connections.services import connection_form, find
from integrations.frame.call_rows import call_rows
from integrations.frame.pages import UNPROCESSABLE, framed
from integrations.frame.places import Place
from integrations.frame.tabs import address_of
from integrations.keys.models import ApiKey, KeyUse
from integrations.keys.services import IssuedKey
from selfservice.programs.models import Program

SHOWN_KEYS = 50


def overview_page(request: HttpRequest, place: Place) -> HttpResponse:
    """How the integration is doing."""
    program, spec = place.program, place.spec
    connection = find(program=program, kind=spec.kind)
    calls = ApiCall.objects.recent(program=program, kind=spec.kind, limit=20)
    context = {
        **overview_context(place, connection),
        "calls": call_rows(spec=spec, calls=calls),
        "retention_days": settings.RETENTION_DAYS,
    }
    return framed(request, place, "cards/overview.html", context, tab="cards:card", connection=connection)


def connection_page(
    request: HttpRequest, place: Place, *, refused: forms.Form | None = None, asked: Asked | None = None
) -> HttpResponse:
    """The form, for who may not change it what is stored."""
    connection = find(program=place.program, kind=place.spec.kind)
    help_template = f"{place.spec.kind}/help.html"
    context: dict[str, object] = {"help_template": help_template, "doors_url": _doors_url(request, place.program)}
    # Loading an answer again asks for the page, and the other system not twice.
    context |= {"asked": asked, "address": address_of("cards:connection", place) if asked else ""}
    context |= connection_context(place, connection)
    if place.is_admin:
        form = refused or connection_form(program=place.program, spec=place.spec)
        context |= {"form": form, "form_sections": _sections(place, form, connection)}
    elif connection:
        context |= {"stored": stored_values(spec=place.spec, connection=connection)}
    status = UNPROCESSABLE if refused else 200
    tab = "cards:connection"
    return framed(request, place, "cards/connection.html", context, tab=tab, connection=connection, status=status)


def _sections(place: Place, form: forms.Form, connection: Connection | None) -> list[FormSection]:
    return form_sections(form=form, connection=connection, without=place.spec.matrix.fields)


def keys_page(
    request: HttpRequest, place: Place, *, refused: KeyForm | None = None, issued: IssuedKey | None = None
) -> HttpResponse:
    """The keys, and the one that was just issued, once."""
    keys = _keys_of(place.program)
    context = {
        "keys": keys,
        "issued": issued,
        # Loading the answer to a form again asks for the page and sends nothing twice.
        "address": address_of("cards:keys", place) if issued else "",
        "form": refused or new_key_form(),
        "is_form_open": refused is not None or not (keys or issued),
    }
    status = UNPROCESSABLE if refused else 200
    return framed(request, place, "cards/keys.html", context, tab="cards:keys", status=status)


def snippets_page(request: HttpRequest, place: Place) -> HttpResponse:
    """What to paste into the other system, with the program's addresses filled in. Holds no key."""
    connection = find(program=place.program, kind=place.spec.kind)
    doors_url = _doors_url(request, place.program)
    found = place.spec.snippets(doors_url=doors_url, fields=connection.config if connection else {})
    context = {
        "snippets": [shown(snippet) for snippet in found],
        "doors_url": doors_url,
        "is_public": is_public(doors_url),
    }
    return framed(request, place, "cards/snippets.html", context, tab="cards:snippets", connection=connection)


def new_key_form() -> KeyForm:
    return KeyForm(auto_id="key_%s", initial={"once": get_random_string(24)})


def _keys_of(program: Program) -> list[ApiKey]:
    """Those that were not revoked come first. Each knows its successor, and what it was used for last."""
    latest = KeyUse.objects.order_by("key_id", "-last_used_at").distinct("key_id")
    found = ApiKey.objects.filter(program=program).select_related("successor")
    found = found.prefetch_related(Prefetch("uses", queryset=latest, to_attr="latest_use"))
    return list(found.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")[:SHOWN_KEYS])


def _doors_url(request: HttpRequest, program: Program) -> str:
    base_url = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base_url}/v1/programs/{program.code}"
