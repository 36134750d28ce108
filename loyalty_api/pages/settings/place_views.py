"""Partners, stores and interaction points: added, changed, retired."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from loyalty_api.client.place_setup import (
    PARTNER,
    POINT,
    STORE,
    STORE_FIELDS,
    find_place,
    retire,
    revive,
    save_partner,
    save_point,
    save_store,
    store_count,
    story_of,
    values_of,
)
from loyalty_api.contract import NotFound
from loyalty_api.pages.settings.forms import PartnerForm, PointForm, StoreForm
from loyalty_api.pages.settings.pages import in_settings
from loyalty_api.pages.settings.place_lists import choices_of, place_lists
from loyalty_api.pages.settings.section import PLACES
from selfservice.accounts.actors import actor_of
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.editing import Editing
from selfservice.programs.models import Program, Role

_TITLES = {
    (PARTNER, True): gettext_lazy("New partner"),
    (STORE, True): gettext_lazy("New store"),
    (POINT, True): gettext_lazy("New interaction point"),
    (PARTNER, False): gettext_lazy("Partner"),
    (STORE, False): gettext_lazy("Store"),
    (POINT, False): gettext_lazy("Interaction point"),
}

_BUTTONS = {
    PARTNER: gettext_lazy("Add partner"),
    STORE: gettext_lazy("Add store"),
    POINT: gettext_lazy("Add interaction point"),
}


@login_required
@require_http_methods(["GET", "HEAD"])
def places(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code)
    context = {"lists": place_lists(program)}
    return in_settings(request, program, role, "settings/places.html", context, page=PLACES)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_place(request: HttpRequest, code: str, what: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    if what not in _SAVING:
        raise Http404
    return _edited(request, program, role, what)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, code: str, what: str, key: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    row = _found(program, what, key)
    key = row.code if what == POINT else key
    if request.method == "POST" and request.POST.get("act") in _ACTS:
        return _ACTS[request.POST["act"]](request, program, what, key)
    return _edited(request, program, role, what, row=row, key=key)


def _edited(
    request: HttpRequest, program: Program, role: Role | None, what: str, *, row: Any = None, key: str = ""
) -> HttpResponse:
    editing = Editing(request, program, of=dict, story=story_of(program=program, what=what, subject=key))
    stored = values_of(row) if row else {"partner": request.GET.get("partner", "")}
    form = _form(request, program, what, stored, is_new=row is None)
    if request.method == "POST" and editing.save(form, lambda: _SAVING[what](request, program, form, key)):
        messages.success(request, _("Saved."))
        return redirect("settings:places", code=program.code)
    title = str(_TITLES[what, row is None])
    button = "" if row else str(_BUTTONS[what])
    context = {**editing.context(form), "title": title, "row": row, "what": what, "below": title, "button": button}
    context["stores"] = store_count(row) if what == PARTNER and row else 0
    return in_settings(request, program, role, "settings/place.html", context, page=PLACES, status=editing.status)


def _found(program: Program, what: str, key: str) -> Any:
    try:
        return find_place(program=program, what=what, key=key)
    except NotFound:
        raise Http404 from None


def _form(request: HttpRequest, program: Program, what: str, stored: dict[str, Any], *, is_new: bool) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if what == PARTNER:
        return PartnerForm(data, initial=stored)
    partners, stores = choices_of(program, stored)
    if what == STORE:
        return StoreForm(data, initial=stored, partners=partners)
    form = PointForm(data, initial=stored, partners=partners, stores=stores)
    if not is_new:
        form.fields["code"].disabled = True
        # It may be older than the rule for new ones.
        form.fields["code"].validators = []
    return form


def _save_partner(request: HttpRequest, program: Program, form: forms.Form, key: str) -> None:
    save_partner(program=program, actor=actor_of(request), name=form.cleaned_data["name"], partner_id=key)


def _save_store(request: HttpRequest, program: Program, form: forms.Form, key: str) -> None:
    fields = {name: form.cleaned_data[name] for name in STORE_FIELDS}
    partner_id = form.cleaned_data["partner"]
    save_store(program=program, actor=actor_of(request), partner_id=partner_id, fields=fields, store_id=key)


def _save_point(request: HttpRequest, program: Program, form: forms.Form, key: str) -> None:
    given = form.cleaned_data
    save_point(
        program=program,
        actor=actor_of(request),
        code=key or given["code"],
        partner_id=given["partner"],
        store_id=given["store"],
        is_default=given["is_default"],
        is_new=not key,
    )


def _retire(request: HttpRequest, program: Program, what: str, key: str) -> HttpResponse:
    retire(program=program, what=what, key=key, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("Retired. What refers to it stays as it is."))
    return redirect("settings:places", code=program.code)


def _revive(request: HttpRequest, program: Program, what: str, key: str) -> HttpResponse:
    revive(program=program, what=what, key=key, actor=actor_of(request))
    messages.success(request, _("It is in use again."))
    return redirect("settings:places", code=program.code)


_SAVING: dict[str, Callable[[HttpRequest, Program, forms.Form, str], None]] = {
    PARTNER: _save_partner,
    STORE: _save_store,
    POINT: _save_point,
}
_ACTS = {"retire": _retire, "revive": _revive}
