"""What a person sees and changes about themselves."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selfservice.accounts.actors import actor_of
from selfservice.accounts.entering import in_language
from selfservice.accounts.forms import OwnNewPasswordForm, ProfileForm
from selfservice.accounts.models import Theme, User
from selfservice.accounts.own_sessions import end_sessions, session_lines
from selfservice.accounts.profiles import save_profile, set_theme_of
from selfservice.accounts.services import set_password
from selfservice.ui.tabs import ShownTab

UNPROCESSABLE = 422
_TABS = {
    "accounts:profile": (gettext_lazy("Profile"), "i"),
    "accounts:password": (gettext_lazy("Password"), "w"),
    "accounts:second_factor": (gettext_lazy("Second factor"), "f"),
    "accounts:sessions": (gettext_lazy("Sessions"), "n"),
}


def own_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """`template` extends accounts/own.html."""
    tabs = [ShownTab(str(label), reverse(view), view == tab, key) for view, (label, key) in _TABS.items()]
    return render(request, template, {"tabs": tabs, **context}, status=status)


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "only pages behind the sign-in"
    return request.user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    # Of its own row, since a form writes into what it is given, and the page's head shows the person too.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=person.pk), auto_id="profile_%s")
    if request.method != "POST" or not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return own_page(request, "accounts/profile.html", {"form": form}, tab="accounts:profile", status=status)
    save_profile(user=person, actor=actor_of(request), **form.cleaned_data)
    changed = User.objects.get(pk=person.pk)
    with override(changed.language or None):
        messages.success(request, _("Your profile is saved."))
    return in_language(redirect("accounts:profile"), changed)


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Of the switch on every page, which shows the choice by itself."""
    chosen = request.POST.get("theme", "")
    if chosen not in Theme.values:
        return HttpResponse(status=400)
    set_theme_of(user=person_of(request), theme=Theme(chosen))
    return HttpResponse(status=204)


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Whoever changes it stays signed in here, and is signed out everywhere else."""
    person = person_of(request)
    data = request.POST if request.method == "POST" else None
    form = OwnNewPasswordForm(person, data, request=request, auto_id="password_%s")
    if not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return own_page(request, "accounts/password.html", {"form": form}, tab="accounts:password", status=status)
    set_password(user=person, password=form.cleaned_data["new_password1"], actor=actor_of(request))
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password is changed. Your other sessions have ended."))
    return redirect("accounts:password")


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    lines = session_lines(user=person_of(request), current_key=request.session.session_key)
    return own_page(request, "accounts/sessions.html", {"lines": lines}, tab="accounts:sessions")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """The one that is named, or without a name all but this one."""
    if request.method == "POST":
        name = request.POST.get("name") or None
        key = request.session.session_key
        count = end_sessions(user=person_of(request), current_key=key, actor=actor_of(request), name=name)
        if count:
            messages.success(request, _("Ended. Whoever used it has to sign in again."))
        else:
            messages.info(request, _("There was nothing left to end."))
    return redirect("accounts:sessions")
