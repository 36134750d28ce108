"""Puts the pages about what is sent together."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from integrations.connections.models import Connection
from integrations.connections.services import connection_form, find
from integrations.delivery.recent import SeenValue, recent_events, seen_properties, told_attributes
from integrations.frame.meanwhile import seen_context
from integrations.frame.pages import framed
from integrations.frame.places import Place
from integrations.matrix.dry_runs import DryRun, dry_run
from integrations.matrix.effects import EVENTS, Effect, effect_of
from integrations.matrix.posted import config_fields, config_of, pairs
from integrations.matrix.rows import known_attributes, problems_of, shown_matrix
from integrations.matrix.samples import sample_text
from integrations.matrix.showing import shower
from integrations.matrix.trying import tried
from integrations.shown import Sendable
from selfservice.programs.pages import CONFLICT, UNPROCESSABLE

TAB = "matrix:matrix"
MAX_ACCOUNT_ID = 128
# What is longer is no event, and comes back cut off.
MAX_TEXT = 300_000


def matrix_page(
    request: HttpRequest,
    place: Place,
    *,
    filled: forms.Form | None = None,
    is_outdated: bool = False,
    is_torn: bool = False,
    is_effect_wanted: bool = False,
) -> HttpResponse:
    """What is stored or, when it was `filled` in and not saved, what was sent. `is_outdated`: for what somebody else
    saved; `is_torn`: because not all of it arrived."""
    seen = seen_context(request, place, is_kept=filled is not None, is_outdated=is_outdated) if place.is_admin else {}
    connection = find(program=place.program, kind=place.spec.kind)
    matrix = place.spec.matrix
    form = filled or connection_form(program=place.program, spec=place.spec)
    shown = shown_matrix(matrix, form, _seen(place, connection))
    is_refused = filled is not None and not filled.is_valid()
    context = {
        "form": form,
        "matrix": shown,
        "problems": problems_of(shown, form) if is_refused else [],
        "is_open": place.is_admin and connection is not None,
        "is_unsaved": filled is not None,
        "effect": _effect(place, connection, filled) if filled and connection and is_effect_wanted else None,
        "effect_events": EVENTS,
        "is_torn": is_torn,
        **seen,
    }
    status = CONFLICT if is_outdated else UNPROCESSABLE if is_refused or is_torn else 200
    return framed(request, place, "matrix/matrix.html", context, tab=TAB, connection=connection, status=status)


def sample_page(request: HttpRequest, place: Place, event: Sendable, text: str | None) -> HttpResponse:
    """The event that is always there or, when somebody has changed it, theirs."""
    connection = find(program=place.program, kind=place.spec.kind)
    shown = sample_text(event.key) if text is None else text[:MAX_TEXT]
    found = tried(spec=place.spec, config=config_of(place, config_fields(connection)), text=shown)
    context = {
        "event": event,
        "text": shown,
        "tried": found,
        "is_changed": text is not None,
        "events": place.spec.matrix.events,
    }
    status = UNPROCESSABLE if found.problem else 200
    return framed(request, place, "matrix/sample.html", context, tab=TAB, connection=connection, status=status)


def member_page(request: HttpRequest, place: Place, account_id: str) -> HttpResponse:
    """Asks for an account, and says what its profile would be told."""
    connection = find(program=place.program, kind=place.spec.kind)
    is_complete = connection is not None and connection.is_complete
    context: dict[str, Any] = {"account_id": account_id, "is_complete": is_complete, "max_length": MAX_ACCOUNT_ID}
    if is_account_id(account_id):
        context["run"] = _dry_run(place, connection, account_id)
    elif account_id:
        context["is_no_id"] = True
    return framed(request, place, "matrix/member.html", context, tab=TAB, connection=connection)


def tell_page(request: HttpRequest, place: Place, connection: Connection, account_id: str) -> HttpResponse | None:
    """Says what it means to send a member's attributes now; None where there is nothing to send, or no way."""
    run = _dry_run(place, connection, account_id)
    if run.problem or connection.status != "active":
        return None
    context = {"account_id": account_id, "run": run}
    return framed(request, place, "matrix/tell.html", context, tab=TAB, connection=connection)


def is_account_id(text: str) -> bool:
    """What no database can hold is nobody's."""
    return 0 < len(text) <= MAX_ACCOUNT_ID and text.isprintable()


def _dry_run(place: Place, connection: Connection | None, account_id: str) -> DryRun:
    known = known_attributes(place.spec.matrix, _renames(config_fields(connection)))
    return dry_run(place=place, connection=connection, account_id=account_id, known=known)


def _effect(place: Place, connection: Connection, filled: forms.Form) -> Effect:
    cleaned = {name: value for name, value in filled.cleaned_data.items() if name not in place.spec.secret_fields}
    known = known_attributes(place.spec.matrix, _renames(connection.config), _renames(cleaned))
    return effect_of(
        spec=place.spec,
        before=config_of(place, connection.config),
        after=config_of(place, cleaned),
        events=recent_events(program=place.program, limit=EVENTS),
        shown=shower(known),
    )


def _seen(place: Place, connection: Connection | None) -> list[SeenValue]:
    """Properties of the program's own, in events and at profiles. Profiles know them by their other names."""
    seen = seen_properties(program=place.program)
    if connection is None:
        return seen
    own = {new: old for old, new in pairs(connection.config.get("propertyRename")).items()}
    known = known_attributes(place.spec.matrix, _renames(connection.config))
    told = told_attributes(connection=connection, without=known)
    return seen + [SeenValue(own.get(each.name, each.name), each.type) for each in told]


def _renames(fields: Mapping[str, Any]) -> dict[str, str]:
    return pairs(fields.get("rename"))
