"""A program's basics, and a new program."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_api.client.provisioning import provision_program
from loyalty_api.engine.ledger_pages import has_bookings
from loyalty_api.pages.settings.forms import BasicsForm, NewProgramForm
from loyalty_api.pages.settings.pages import in_settings
from loyalty_api.pages.settings.section import BASICS
from selfservice.accounts.actors import actor_of
from selfservice.accounts.models import User
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.editing import Editing, add_errors, fields_of
from selfservice.programs.models import Program, Role
from selfservice.programs.pages import UNPROCESSABLE
from selfservice.ui.field_groups import field_groups, shown_values

_BASICS = tuple(name for name in BasicsForm.base_fields if name != "is_currency_meant")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def basics(request: HttpRequest, code: str) -> HttpResponse:
    is_saving = request.method == "POST"
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN if is_saving else Role.VIEWER)
    stored = {name: getattr(program, name) for name in _BASICS}
    editing = Editing(request, program, of=fields_of(*_BASICS))
    is_changing = is_saving and request.POST.get("currency") != program.currency
    is_in_use = is_changing and has_bookings(program)
    form = BasicsForm(request.POST if is_saving else None, initial=stored, is_in_use=is_in_use)
    if is_saving and editing.save(
        form, lambda: provision_program(code=program.code, actor=actor_of(request), **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("settings:basics", code=program.code)
    context = {**editing.context(form), "values": shown_values(form, stored)}
    return in_settings(request, program, role, "settings/basics.html", context, page=BASICS, status=editing.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_program(request: HttpRequest) -> HttpResponse:
    """For operators."""
    if not isinstance(request.user, User) or not request.user.is_operator:
        raise PermissionDenied
    usual = {"currency": "EUR", "timezone": "Europe/Berlin", "language": (get_language() or "en")[:2]}
    form = NewProgramForm(request.POST if request.method == "POST" else None, initial=usual)
    program = _created(request, form) if form.is_valid() else None
    if program:
        messages.success(request, _("“%(name)s” is there. What to do next stands here.") % {"name": program.name})
        return redirect("cards:first_steps", code=program.code)
    context = {"form": form, "groups": field_groups(form)}
    return render(request, "settings/new_program.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _created(request: HttpRequest, form: NewProgramForm) -> Program | None:
    fields = dict(form.cleaned_data)
    try:
        return provision_program(actor=actor_of(request), **fields | {"org": fields["org"] or None})
    except ValidationError as error:
        add_errors(form, error)
    except IntegrityError:
        # Somebody else, or the same person twice, at the same moment.
        form.add_error("code", _("There is a program with this code already."))
    return None
