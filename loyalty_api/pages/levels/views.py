"""Levels and points rules of a program, and what a receipt would give by them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from loyalty_api.client.provisioning import provision_program, remove_level
from loyalty_api.client.setup_record import RULE_FIELDS
from loyalty_api.contract import Level, NotFound
from loyalty_api.engine.rules import rules_of
from loyalty_api.pages.levels import showing
from loyalty_api.pages.levels.forms import LevelForm, RulesForm
from loyalty_api.pages.levels.section import LEVELS
from selfservice.accounts.actors import actor_of
from selfservice.programs.access import may, program_and_role_or_404
from selfservice.programs.editing import Editing, fields_of
from selfservice.programs.models import Program, Role
from selfservice.programs.pages import UNPROCESSABLE, in_program
from selfservice.ui.field_groups import shown_values


@login_required
@require_safe
def levels(request: HttpRequest, code: str) -> HttpResponse:
    """Levels, rules in words, and the example, whose receipt stands in the address."""
    program, role = program_and_role_or_404(request, code)
    found = showing.overview(program, request.GET)
    context = {**found, "is_admin": may(role, Role.ADMIN)}
    status = UNPROCESSABLE if found["form"].errors else 200
    return in_program(request, program, role, "levels/levels.html", context, section=LEVELS, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_level(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    editing = Editing(request, program, of=lambda record: {})
    form = LevelForm(request.POST if request.method == "POST" else None, is_new=True, initial={"factor": Decimal(1)})
    if request.method == "POST" and editing.save(form, lambda: _add(request, program, form)):
        messages.success(request, _("Saved. Members get the level within minutes."))
        return redirect("levels:levels", code=program.code)
    context = {**editing.context(form), "below": _("New level")}
    return in_program(request, program, role, "levels/level.html", context, section=LEVELS, status=editing.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def level(request: HttpRequest, code: str, level: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    stored = showing.stored_level(program, level)
    if stored is None:
        raise Http404
    editing = Editing(request, program, of=lambda record: _shown_level(record, level))
    form = LevelForm(request.POST if request.method == "POST" else None, is_new=False, initial=stored)
    if request.method == "POST" and editing.save(form, lambda: _save(request, program, level, form)):
        messages.success(request, _("Saved. Members follow within minutes."))
        return redirect("levels:levels", code=program.code)
    context = {**editing.context(form), "slug": level, "below": stored["name"]}
    return in_program(request, program, role, "levels/level.html", context, section=LEVELS, status=editing.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, code: str, level: str) -> HttpResponse:
    """Asks first, and says what follows for its members."""
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    stored = showing.stored_level(program, level)
    if stored is None:
        raise Http404
    status = 200
    if request.method == "POST":
        try:
            remove_level(program=program, slug=level, actor=actor_of(request))
        except ValidationError:
            status = UNPROCESSABLE
        except NotFound:
            raise Http404 from None
        else:
            messages.success(request, _("“%(name)s” is removed. Members follow within minutes.") % stored)
            return redirect("levels:levels", code=program.code)
    coupons = showing.coupons_for(program, level)
    context = {"slug": level, "stored": stored, "coupons": coupons, "below": _("Remove a level")}
    return in_program(request, program, role, "levels/remove.html", context, section=LEVELS, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, code: str) -> HttpResponse:
    is_saving = request.method == "POST"
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN if is_saving else Role.VIEWER)
    editing = Editing(request, program, of=fields_of(*RULE_FIELDS))
    row = rules_of(program)
    stored = {name: showing.plain(getattr(row, name)) for name in RULE_FIELDS}
    form = RulesForm(request.POST if is_saving else None, initial=stored)
    if is_saving and editing.save(form, lambda: _save_rules(request, program, form)):
        messages.success(request, _("Saved. The rules hold for receipts from now on."))
        return redirect("levels:levels", code=program.code)
    context = {
        **editing.context(form),
        "values": shown_values(form, stored),
        "is_admin": may(role, Role.ADMIN),
        "is_remote": showing.is_remote(program),
        "below": _("Points rules"),
    }
    return in_program(request, program, role, "levels/rules.html", context, section=LEVELS, status=editing.status)


def _add(request: HttpRequest, program: Program, form: forms.Form) -> None:
    if showing.stored_level(program, form.cleaned_data["slug"]):
        raise ValidationError({"slug": _("There is a level with this ID already.")})
    _save(request, program, form.cleaned_data["slug"], form)


def _save(request: HttpRequest, program: Program, slug: str, form: forms.Form) -> None:
    given = form.cleaned_data
    provision_program(
        code=program.code,
        actor=actor_of(request),
        levels=[Level(id=slug, name=given["name"], needed_status_points=given["needed_status_points"])],
        level_factors={slug: given["factor"]},
    )


def _save_rules(request: HttpRequest, program: Program, form: forms.Form) -> None:
    provision_program(code=program.code, actor=actor_of(request), points_rules=form.cleaned_data)


def _shown_level(record: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """By the fields of the form."""
    parts = {"name": "level_names", "needed_status_points": "levels", "factor": "level_factors"}
    return {field: record[part][slug] for field, part in parts.items() if slug in record.get(part, {})}
