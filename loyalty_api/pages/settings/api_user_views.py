"""Users of the loyalty API: a password is shown once, in the answer to the form that asked for it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_api.client.api_users import (
    KnownApiUser,
    add_api_user,
    api_users_of,
    may_change_api_users,
    remove_api_user,
    story_of,
)
from loyalty_api.client.provisioning import IssuedApiUser, issue_api_user
from loyalty_api.pages.settings.forms import ApiUserForm
from loyalty_api.pages.settings.pages import in_settings
from loyalty_api.pages.settings.section import API_USERS
from selfservice.accounts.actors import actor_of
from selfservice.accounts.models import User
from selfservice.audit.meanwhile import seen_of
from selfservice.programs.access import may, program_and_role_or_404
from selfservice.programs.editing import add_errors
from selfservice.programs.models import Program, Role
from selfservice.programs.pages import UNPROCESSABLE
from selfservice.ui.field_groups import field_groups


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def api_users(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(
        request, code, at_least=Role.ADMIN if request.method == "POST" else Role.VIEWER
    )
    if request.method != "POST":
        return _listed(request, program, role)
    _require_allowed(request, program)
    form = ApiUserForm(request.POST)
    issued = _added(request, program, form) if form.is_valid() else None
    return _listed(request, program, role, form=form, issued=issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, code: str, api_user: int) -> HttpResponse:
    """Asks first: the password of before stops at once."""
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    known = _known(request, program, api_user)
    story = story_of(program=program, user_name=known.user_name)
    if request.method != "POST":
        context = {"known": known, "seen": story.newest_seen(), "below": _("New password")}
        return in_settings(request, program, role, "settings/api_user_password.html", context, page=API_USERS)
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program.pk)
        # The form sent twice would make a second password, which nobody has seen.
        if seen_of(request.POST.get("seen")) != story.newest_seen():
            messages.info(request, _("The password was made anew already. It is shown once."))
            return redirect("settings:api_users", code=program.code)
        issued = issue_api_user(program=program, user_name=known.user_name, actor=actor_of(request))
    return _listed(request, program, role, issued=issued)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, code: str, api_user: int) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    known = _known(request, program, api_user)
    if request.method != "POST":
        context = {"known": known, "below": _("Remove a user")}
        return in_settings(request, program, role, "settings/api_user_remove.html", context, page=API_USERS)
    remove_api_user(program=program, user_name=known.user_name, actor=actor_of(request))
    messages.success(
        request, _("“%(name)s” is removed. Its calls are refused from now on.") % {"name": known.user_name}
    )
    return redirect("settings:api_users", code=program.code)


def _listed(
    request: HttpRequest,
    program: Program,
    role: Role | None,
    *,
    form: ApiUserForm | None = None,
    issued: IssuedApiUser | None = None,
) -> HttpResponse:
    is_allowed = may(role, Role.ADMIN) and _is_allowed(request, program)
    others = Program.objects.filter(org=program.org).exclude(pk=program.pk)
    context: dict[str, Any] = {
        "known_users": api_users_of(program),
        "issued": issued,
        "is_allowed": is_allowed,
        "shares_users": others.exists(),
        "login_address": request.build_absolute_uri("/loyalty"),
    }
    shown = form if form and not issued else ApiUserForm()
    context |= {"form": shown, "groups": field_groups(shown)}
    status = UNPROCESSABLE if shown.errors else 200
    return in_settings(request, program, role, "settings/api_users.html", context, page=API_USERS, status=status)


def _added(request: HttpRequest, program: Program, form: ApiUserForm) -> IssuedApiUser | None:
    try:
        return add_api_user(program=program, user_name=form.cleaned_data["user_name"], actor=actor_of(request))
    except ValidationError as error:
        add_errors(form, error)
        return None


def _known(request: HttpRequest, program: Program, number: int) -> KnownApiUser:
    found = next((each for each in api_users_of(program) if each.number == number), None)
    if found is None:
        raise Http404
    _require_allowed(request, program)
    return found


def _require_allowed(request: HttpRequest, program: Program) -> None:
    if not _is_allowed(request, program):
        raise PermissionDenied


def _is_allowed(request: HttpRequest, program: Program) -> bool:
    return isinstance(request.user, User) and may_change_api_users(program=program, user=request.user)
