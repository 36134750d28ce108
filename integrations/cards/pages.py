"""Puts the page of one integration together."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import get_random_string

from integrations.calls.models import ApiCall
from integrations.cards.addresses import is_public
from integrations.cards.call_rows import call_rows
from integrations.cards.figures import ledger_of
from integrations.cards.forms import KeyForm
from integrations.cards.pulse import pulse_of
from integrations.cards.snippet_parts import shown
from integrations.cards.state import state_of
from integrations.cards.stored import form_sections, stored_values
from integrations.connections.models import Connection
from integrations.connections.services import connection_form, find
from integrations.delivery.ledger import connection_tally
from integrations.keys.models import ApiKey, KeyUse
from integrations.keys.services import IssuedKey
from integrations.registry import all_specs
from integrations.spec import IntegrationSpec
from selfservice.programs.access import may, program_or_404, role_in
from selfservice.programs.models import Program, Role

SHOWN_KEYS = 50
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Place:
    """Which card a request is about, and what the person may do on it."""

    program: Program
    spec: IntegrationSpec
    role: Role | None

    @property
    def is_admin(self) -> bool:
        return may(self.role, Role.ADMIN)


def place_or_404(request: HttpRequest, code: str, kind: str, *, at_least: Role = Role.VIEWER) -> Place:
    """Raises Http404 and PermissionDenied like `program_or_404`, and Http404 for a kind that is not installed."""
    program = program_or_404(request, code, at_least=at_least)
    spec = all_specs().get(kind)
    if spec is None:
        raise Http404
    return Place(program, spec, role_in(request.user, program))


def card_page(
    request: HttpRequest,
    place: Place,
    *,
    form: forms.Form | None = None,
    key_form: KeyForm | None = None,
    issued: IssuedKey | None = None,
) -> HttpResponse:
    """The whole card. A form that is given has been sent and, unless a key was issued, refused."""
    connection = find(program=place.program, kind=place.spec.kind)
    context = _shown(request, place, connection)
    context |= {"issued": issued, "is_key_form_open": key_form is not None or not (context["keys"] or issued)}
    if place.is_admin:
        form_shown = form or connection_form(program=place.program, spec=place.spec)
        context |= {
            "form": form_shown,
            "form_sections": form_sections(form=form_shown, connection=connection),
            "key_form": key_form or new_key_form(),
        }
    is_refused = form is not None or key_form is not None
    return render(request, "cards/card.html", context, status=UNPROCESSABLE if is_refused else 200)


def snippets_page(request: HttpRequest, place: Place) -> HttpResponse:
    """What to paste into the other system, with the program's addresses filled in. Holds no key."""
    connection = find(program=place.program, kind=place.spec.kind)
    doors_url = _doors_url(request, place.program)
    found = place.spec.snippets(doors_url=doors_url, fields=connection.config if connection else {})
    context = {
        "program": place.program,
        "spec": place.spec,
        "snippets": [shown(snippet) for snippet in found],
        "doors_url": doors_url,
        "is_public": is_public(doors_url),
    }
    return render(request, "cards/snippets.html", context)


def new_key_form() -> KeyForm:
    return KeyForm(auto_id="key_%s", initial={"once": get_random_string(24)})


def _shown(request: HttpRequest, place: Place, connection: Connection | None) -> dict[str, Any]:
    program, spec = place.program, place.spec
    calls = ApiCall.objects.recent(program=program, kind=spec.kind, limit=20)
    return {
        "program": program,
        "spec": spec,
        "place": place,
        "connection": connection,
        "state": state_of(spec=spec, connection=connection),
        "stored": stored_values(spec=spec, connection=connection) if connection else [],
        "ledger": ledger_of(tally=connection_tally(connection=connection)) if connection else None,
        "pulse": pulse_of(program=program, spec=spec, connection=connection, now=timezone.now()),
        "keys": _keys_of(program),
        "calls": call_rows(spec=spec, calls=calls),
        "help_template": f"{spec.kind}/help.html",
        "doors_url": _doors_url(request, program),
        "retention_days": settings.RETENTION_DAYS,
    }


def _keys_of(program: Program) -> list[ApiKey]:
    """Those that were not revoked come first. Each knows its successor, and what it was used for last."""
    latest = KeyUse.objects.order_by("key_id", "-last_used_at").distinct("key_id")
    found = ApiKey.objects.filter(program=program).select_related("successor")
    found = found.prefetch_related(Prefetch("uses", queryset=latest, to_attr="latest_use"))
    return list(found.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")[:SHOWN_KEYS])


def _doors_url(request: HttpRequest, program: Program) -> str:
    base_url = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base_url}/v1/programs/{program.code}"
