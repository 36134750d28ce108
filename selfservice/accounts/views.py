"""The way in and out."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from selfservice.accounts.addresses import base_url_of
from selfservice.accounts.entering import enter, let_in, pending_of
from selfservice.accounts.factors import Verdict, check
from selfservice.accounts.forms import ChoosePasswordForm, CodeForm, ForgottenForm, SignInForm
from selfservice.accounts.lost_forms import LOST
from selfservice.accounts.models import User
from selfservice.accounts.profiles import set_language_of
from selfservice.accounts.services import person_of_link, set_password
from selfservice.accounts.tasks import send_sign_in_link
from selfservice.audit.services import Actor

UNPROCESSABLE, TOO_MANY = 422, 429


class SignInView(views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"is_form_lost": LOST in self.request.GET}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        # Once more on the page itself: it looks as if nothing had been entered.
        if LOST in self.request.GET:
            messages.warning(self.request, _("You were signed out. What you sent last was not saved."))
        person = form.get_user()
        assert isinstance(person, User)
        return enter(self.request, person, to=self.get_success_url())


class SignOutView(views.LogoutView):
    http_method_names = ["post"]


def operator_sign_in(request: HttpRequest) -> HttpResponse:
    """The door of Django's admin: everybody signs in on one page, and who is no operator is told so."""
    if request.user.is_authenticated:
        raise PermissionDenied
    query = urlencode({"next": request.GET.get("next") or resolve_url("admin:index")})
    return HttpResponseRedirect(f"{resolve_url('accounts:sign_in')}?{query}")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The step between password and session for whoever has a second factor."""
    pending = pending_of(request)
    if pending is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actor = Actor(pending.person.email, request.META.get("REMOTE_ADDR") or None)
        verdict = check(user=pending.person, code=form.cleaned_data["code"], actor=actor, now=timezone.now())
        if verdict is Verdict.RIGHT:
            return let_in(request, pending.person, to=pending.to)
        if verdict is Verdict.LOCKED:
            return render(request, "accounts/locked.html", status=TOO_MANY)
        form.add_error("code", _("This code is wrong or was used already. Wait for the next one and try again."))
    return render(request, "accounts/code.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Says the same to everybody: who has an account is nobody else's business."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "accounts/forgotten.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)
    send_sign_in_link.delay(
        email=form.cleaned_data["email"],
        base_url=base_url_of(request),
        language=get_language() or settings.LANGUAGE_CODE,
        address=request.META.get("REMOTE_ADDR") or None,
    )
    return render(request, "accounts/link_asked.html")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link spends nothing, since mail scanners look too; choosing the password does."""
    person = person_of_link(token=token)
    if person is None:
        return render(request, "accounts/link_spent.html", status=410)
    form = ChoosePasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = Actor(person.email, request.META.get("REMOTE_ADDR") or None)
        set_password(user=person, password=form.cleaned_data["new_password1"], actor=actor)
        return enter(request, person, to=resolve_url("programs:list"))
    return render(request, "accounts/link.html", {"form": form, "person": person})


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """For this browser, and for whoever is signed in for mails and other browsers too."""
    answer = i18n.set_language(request)
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        set_language_of(user=request.user, language=chosen)
    return answer
