"""Where a program's members are kept: here, or on a loyalty platform of its own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from loyalty_api.client.checking import last_check, run_check
from loyalty_api.client.models import LoyaltyPlatform, PlatformKind
from loyalty_api.client.provisioning import Platform, provision_program
from loyalty_api.client.setup_record import fingerprint
from loyalty_api.pages.settings.forms import PlatformForm, SwitchBackForm, SwitchForm
from loyalty_api.pages.settings.pages import in_settings
from loyalty_api.pages.settings.section import PLATFORM
from selfservice.accounts.actors import actor_of
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.editing import Editing
from selfservice.programs.models import Program, Role
from selfservice.secrets.secret import Secret
from selfservice.ui.field_groups import shown_values

_STORED = ("url", "org", "user_name", "interaction_id", "program_code")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def platform(request: HttpRequest, code: str) -> HttpResponse:
    """What it is; of a remote one how it is reached."""
    is_saving = request.method == "POST"
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN if is_saving else Role.VIEWER)
    row = _row(program)
    if row.kind != PlatformKind.REMOTE:
        if is_saving:
            return redirect("settings:platform_switch", code=program.code)
        return in_settings(request, program, role, "settings/platform.html", {"remote": False}, page=PLATFORM)
    editing = Editing(request, program, of=_shown, hashed="password")
    stored = {name: getattr(row, name) for name in _STORED}
    hint = fingerprint(row.password)
    form = PlatformForm(request.POST if is_saving else None, initial=stored, stored=hint)
    if is_saving and editing.save(form, lambda: _save(request, program, form)):
        messages.success(request, _("Saved. Test the connection to see whether it works."))
        return redirect(reverse("settings:platform", kwargs={"code": program.code}) + "#test")
    context = {
        **editing.context(form),
        "remote": True,
        "row": row,
        "fingerprint": hint,
        "checked": last_check(program),
        "values": shown_values(form, stored),
    }
    return in_settings(request, program, role, "settings/platform.html", context, page=PLATFORM, status=editing.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """From the embedded platform to a remote one, or back: says what that means, and asks."""
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    is_remote = _row(program).kind == PlatformKind.REMOTE
    editing = Editing(request, program, of=_shown, hashed="password")
    data = request.POST if request.method == "POST" else None
    form = SwitchBackForm(data) if is_remote else SwitchForm(data)
    if data is not None and editing.save(form, lambda: _save(request, program, form)):
        told = _("The program's members are kept here from now on.")
        if not is_remote:
            told = _("The program uses its own loyalty platform from now on. Test the connection.")
        messages.success(request, told)
        return redirect("settings:platform", code=program.code)
    context = {**editing.context(form), "remote": is_remote, "below": _("Another platform")}
    return in_settings(request, program, role, "settings/switch.html", context, page=PLATFORM, status=editing.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest, code: str) -> HttpResponse:
    """Looked at, it leads to the page that says in words what came of it."""
    is_testing = request.method == "POST"
    program, _role = program_and_role_or_404(request, code, at_least=Role.EDITOR if is_testing else Role.VIEWER)
    if is_testing and _row(program).kind == PlatformKind.REMOTE:
        run_check(program=program, actor=actor_of(request))
    return redirect(reverse("settings:platform", kwargs={"code": program.code}) + "#test")


def _row(program: Program) -> LoyaltyPlatform:
    """The defaults, unsaved, for a program without one."""
    return LoyaltyPlatform.objects.filter(program=program).first() or LoyaltyPlatform(program=program)


def _save(request: HttpRequest, program: Program, form: forms.Form) -> None:
    given: dict[str, Any] = {name: form.cleaned_data[name] for name in _STORED if name in form.cleaned_data}
    password = form.cleaned_data.get("password")
    found = Platform(**given, password=Secret(password) if password else None)
    provision_program(code=program.code, actor=actor_of(request), platform=found)


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = record.get("loyalty", {})
    return {name: kept.get(name, "") for name in (*_STORED, "password", "kind")}
