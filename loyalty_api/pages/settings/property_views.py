"""The custom properties of a program's people, accounts and coupons."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_api.client.properties import PropertyKnown, define_property, drop_property
from loyalty_api.client.provisioning import CustomProperty
from loyalty_api.pages.settings.forms import PropertyForm
from loyalty_api.pages.settings.pages import in_settings
from loyalty_api.pages.settings.section import PROPERTIES
from selfservice.accounts.actors import actor_of
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.editing import add_errors
from selfservice.programs.models import Program, PropertyKind, PropertyOwner, Role
from selfservice.programs.pages import UNPROCESSABLE
from selfservice.ui.field_groups import field_groups


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def properties(request: HttpRequest, code: str) -> HttpResponse:
    """Lists what is defined; adds one, or takes one out, which leaves alone what was filled in."""
    is_saving = request.method == "POST"
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN if is_saving else Role.VIEWER)
    if is_saving and "remove" in request.POST:
        return _drop(request, program)
    form = PropertyForm(request.POST if is_saving else None)
    if form.is_valid() and _is_defined(request, program, form):
        messages.success(request, _("“%(name)s” is defined.") % {"name": form.cleaned_data["label"]})
        return redirect("settings:properties", code=program.code)
    context: dict[str, Any] = {"rows": _rows(program), "form": form, "groups": field_groups(form)}
    status = UNPROCESSABLE if form.is_bound else 200
    return in_settings(request, program, role, "settings/properties.html", context, page=PROPERTIES, status=status)


def _drop(request: HttpRequest, program: Program) -> HttpResponse:
    owner, _colon, name = request.POST["remove"].partition(":")
    try:
        drop_property(program=program, owner=owner, name=name, actor=actor_of(request))
        messages.success(request, _("“%(name)s” is not offered any more. What was filled in stays.") % {"name": name})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("settings:properties", code=program.code)


def _is_defined(request: HttpRequest, program: Program, form: PropertyForm) -> bool:
    try:
        define_property(program=program, definition=CustomProperty(**form.cleaned_data), actor=actor_of(request))
    except PropertyKnown:
        form.add_error("name", _("There is one of this name already."))
        return False
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def _rows(program: Program) -> list[dict[str, str]]:
    owners, kinds = dict(PropertyOwner.choices), dict(PropertyKind.choices)
    return [
        {**each, "owner_label": str(owners[each["owner"]]), "kind_label": str(kinds[each["kind"]])}
        for each in program.custom_properties
    ]
