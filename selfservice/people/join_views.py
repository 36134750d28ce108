"""What an invited person sees."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from selfservice.accounts.actors import actor_of
from selfservice.accounts.entering import let_in
from selfservice.accounts.models import User
from selfservice.people.forms import JoinForm
from selfservice.people.invitations import InvitationSpent, accept
from selfservice.people.joining import Guest, Way, guest_of
from selfservice.people.joining import join as join_program
from selfservice.people.models import Invitation
from selfservice.programs.models import Role
from selfservice.programs.pages import UNPROCESSABLE

GONE = 410


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the link spends nothing, since mail scanners look too."""
    guest = guest_of(token=token, visitor=request.user, now=timezone.now())
    if guest.invitation is None or guest.way is Way.SPENT:
        return _spent(request, guest.invitation)
    try:
        if request.method == "POST" and guest.way is Way.CONFIRM:
            assert isinstance(request.user, User)
            accept(invitation=guest.invitation, user=request.user, actor=actor_of(request), now=timezone.now())
            return redirect(_welcome(request, guest.invitation))
        if request.method == "POST" and guest.way is Way.NEW:
            return _join(request, guest, guest.invitation)
    except InvitationSpent:
        return _spent(request, guest.invitation)
    return _page(request, guest, JoinForm(guest.person or User(email=guest.invitation.email)))


def _join(request: HttpRequest, guest: Guest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(guest.person or User(email=invitation.email), request.POST)
    if not form.is_valid():
        return _page(request, guest, form)
    found = form.cleaned_data
    address = request.META.get("REMOTE_ADDR") or None
    try:
        person = join_program(
            invitation=invitation,
            name=found["name"],
            password=found["new_password1"],
            address=address,
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error("new_password1", error)
        return _page(request, guest, form)
    return let_in(request, person, to=_welcome(request, invitation))


def _page(request: HttpRequest, guest: Guest, form: JoinForm) -> HttpResponse:
    assert guest.invitation is not None
    context = {
        "guest": guest,
        "way": str(guest.way),
        "invitation": guest.invitation,
        "role": Role(guest.invitation.role).label,
        "form": form,
    }
    return render(request, "people/join.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _spent(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    state = str(invitation.state(now=timezone.now())) if invitation else ""
    return render(request, "people/spent.html", {"state": state}, status=GONE)


def _welcome(request: HttpRequest, invitation: Invitation) -> str:
    """Says so on the page that the answer leads to."""
    names = {"program": invitation.program.name, "role": Role(invitation.role).label}
    messages.success(request, _("Welcome to %(program)s. Your role: %(role)s.") % names)
    return reverse("cards:program", kwargs={"code": invitation.program.code})
