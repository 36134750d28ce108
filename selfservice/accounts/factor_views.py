"""Switching the second factor on and off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from selfservice.accounts import factors
from selfservice.accounts.actors import actor_of
from selfservice.accounts.forms import CodeForm, OwnPasswordForm
from selfservice.accounts.profile_views import UNPROCESSABLE, own_page, person_of
from selfservice.ui.qr import qr_svg

TAB = "accounts:second_factor"


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Shows how it stands; with POST it is set up, which begins with the password."""
    person = person_of(request)
    data = request.POST if request.method == "POST" else None
    form = OwnPasswordForm(data, request=request, auto_id="factor_%s")
    if form.is_valid():
        factors.begin(user=person)
        return redirect("accounts:confirm_factor")
    return _page(request, form)


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_factor(request: HttpRequest) -> HttpResponse:
    """Shows the secret to the app, until the first code proves that the app has it."""
    person = person_of(request)
    begun = factors.begun_factor(person)
    if begun is None:
        return redirect("accounts:second_factor")
    form = CodeForm(request.POST if request.method == "POST" else None, auto_id="confirm_%s")
    if form.is_valid():
        code, actor = form.cleaned_data["code"], actor_of(request)
        codes = factors.confirm(user=person, code=code, actor=actor, now=timezone.now())
        if codes:
            return _codes(request, codes)
        form.add_error("code", _("This is not the code that belongs to the picture. Check the clock of your phone."))
    context = {
        "form": form,
        "secret": begun.secret,
        "qr": qr_svg(text=factors.app_address(begun), label=_("QR code for your app")),
    }
    status = UNPROCESSABLE if form.errors else 200
    return own_page(request, "accounts/confirm_factor.html", context, tab=TAB, status=status)


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def renew_codes(request: HttpRequest) -> HttpResponse:
    return _with_password(request, "renew")


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def switch_off(request: HttpRequest) -> HttpResponse:
    return _with_password(request, "off")


def _with_password(request: HttpRequest, act: str) -> HttpResponse:
    person = person_of(request)
    if request.method != "POST" or factors.factor_of(person) is None:
        return redirect("accounts:second_factor")
    form = OwnPasswordForm(request.POST, request=request, auto_id=f"{act}_%s")
    if not form.is_valid():
        return _page(request, form, act=act)
    if act == "renew":
        return _codes(request, factors.renew_codes(user=person, actor=actor_of(request)))
    factors.switch_off(user=person, actor=actor_of(request))
    messages.success(request, _("The second factor is switched off. Your password alone lets you in."))
    return redirect("accounts:second_factor")


def _page(request: HttpRequest, form: OwnPasswordForm, act: str = "") -> HttpResponse:
    """`form` is the one that was refused, of what `act` names."""
    factor = factors.factor_of(person_of(request))
    blank = {name: OwnPasswordForm(request=request, auto_id=f"{name}_%s") for name in ("renew", "off")}
    context = {
        "factor": factor,
        "left": factor.recovery_codes.filter(used_at=None).count() if factor else 0,
        "form": form,
        "renew_form": form if act == "renew" else blank["renew"],
        "off_form": form if act == "off" else blank["off"],
        "act": act,
    }
    status = UNPROCESSABLE if form.errors else 200
    return own_page(request, "accounts/second_factor.html", context, tab=TAB, status=status)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return own_page(request, "accounts/recovery_codes.html", {"codes": codes}, tab=TAB)
