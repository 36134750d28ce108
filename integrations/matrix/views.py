"""What is sent: choose it, see what the choice would do, try it with an event and with a member."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from integrations.connections.meanwhile import save_unless_outdated
from integrations.connections.services import find
from integrations.delivery.telling import NotStreaming, tell_member
from integrations.frame.acts import posted_from
from integrations.frame.places import address_of, place_or_404
from integrations.matrix.pages import is_account_id, matrix_page, member_page, sample_page, tell_page
from integrations.matrix.posted import is_whole, other_fields, posted_form
from integrations.shown import Sendable
from loyalty_api.contract import LoyaltyError, PlatformUnavailable
from selfservice.accounts.actors import actor_of
from selfservice.audit.meanwhile import OutdatedError, seen_of
from selfservice.programs.models import Role


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matrix(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    is_saving = request.method == "POST"
    place = place_or_404(request, code, kind, at_least=Role.ADMIN if is_saving else Role.VIEWER)
    if not is_saving:
        return matrix_page(request, place)
    form = posted_form(place, request.POST)
    if form is None:
        raise Http404
    if not is_whole(request.POST):
        return matrix_page(request, place, is_torn=True)
    if not form.is_valid():
        return matrix_page(request, place, filled=form)
    keeping = other_fields(place.spec)
    seen, actor = seen_of(request.POST.get("seen")), actor_of(request)
    try:
        saved = save_unless_outdated(
            program=place.program, spec=place.spec, form=form, actor=actor, seen=seen, keeping=keeping
        )
    except OutdatedError:
        return matrix_page(request, place, filled=form, is_outdated=True)
    for warning in saved.warnings:
        messages.warning(request, warning)
    messages.success(request, _("Saved. It holds for every event that is sent from now on."))
    return redirect("matrix:matrix", code=code, kind=kind)


@login_required
@posted_from("matrix:matrix")
def effect(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """What the choice would do; stores nothing."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    form = posted_form(place, request.POST)
    if form is None:
        raise Http404
    if not is_whole(request.POST):
        return matrix_page(request, place, is_torn=True)
    return matrix_page(request, place, filled=form, is_effect_wanted=form.is_valid())


@login_required
@require_safe
def member(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    return member_page(request, place_or_404(request, code, kind), request.GET.get("account", "").strip())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Sends one member's attributes, once the person has seen what that means."""
    place = place_or_404(request, code, kind, at_least=Role.EDITOR)
    connection = find(program=place.program, kind=kind)
    account_id = (request.POST if request.method == "POST" else request.GET).get("account", "").strip()
    dry = redirect(address_of("matrix:member", place, account=account_id))
    if connection is None or not is_account_id(account_id):
        return dry
    if request.method != "POST":
        return tell_page(request, place, connection, account_id) or dry
    try:
        tell_member(connection=connection, account_id=account_id, actor=actor_of(request))
    except NotStreaming:
        messages.warning(request, _("The connection has to stream before members can be told."))
    except (LoyaltyError, PlatformUnavailable):
        messages.warning(request, _("Nothing was sent: the loyalty platform does not tell this member’s state."))
    else:
        messages.success(
            request, _("The member is in line. Dry run again in some seconds: what was taken is known then.")
        )
    return dry


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, code: str, kind: str, event_type: str) -> HttpResponse:
    """What an event becomes. Maps what it is sent, stores nothing and sends nothing on."""
    place = place_or_404(request, code, kind)
    events: dict[str, Sendable] = {event.key: event for event in place.spec.matrix.events}
    if event_type not in events:
        raise Http404
    text = request.POST.get("event", "") if request.method == "POST" else None
    return sample_page(request, place, events[event_type], text)
