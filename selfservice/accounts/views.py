"""The way in and out."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from selfservice.accounts.forms import ChoosePasswordForm, SignInForm
from selfservice.accounts.lost_forms import LOST
from selfservice.accounts.services import person_of_link


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
        return super().form_valid(form)


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
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link spends nothing, since mail scanners look too; choosing the password does."""
    person = person_of_link(token=token)
    if person is None:
        return render(request, "accounts/link_spent.html", status=410)
    form = ChoosePasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.save(), backend="django.contrib.auth.backends.ModelBackend")
        return redirect("programs:list")
    return render(request, "accounts/link.html", {"form": form, "person": person})
