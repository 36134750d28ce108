"""Beside the connection's form: its history and the way back, pause and resume, and a question about one member."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from integrations.cards.contexts import Asked
from integrations.cards.history_pages import history_page, restore_page
from integrations.cards.pages import connection_page
from integrations.cards.saving import answer_saved, stored_or_404
from integrations.connections import services
from integrations.connections.history import configuration, restoring_form
from integrations.connections.meanwhile import changes_since, newest_seen, save_unless_outdated
from integrations.delivery.profile_checks import check_member
from integrations.frame.acts import posted_from
from integrations.frame.places import place_or_404
from integrations.outbound.sessions import session
from integrations.spec import Checked
from selfservice.accounts.actors import actor_of
from selfservice.audit.meanwhile import OutdatedError, seen_of
from selfservice.programs.models import Role

LONGEST_ID = 128


@login_required
@require_safe
def history(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    return history_page(request, place_or_404(request, code, kind))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, code: str, kind: str, entry: int) -> HttpResponse:
    """Goes back to an earlier configuration, once the person has seen what would change."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    newest = newest_seen(program=place.program, spec=place.spec)
    stored = stored_or_404(place)
    found = configuration(program=place.program, spec=place.spec, entry_id=entry)
    if found is None:
        raise Http404
    form = restoring_form(program=place.program, spec=place.spec, entry=found)
    if request.method != "POST" or not form.is_valid():
        return restore_page(request, place, connection=stored, entry=found, form=form, newest=newest)
    seen, actor = seen_of(request.POST.get("seen")), actor_of(request)
    try:
        saved = save_unless_outdated(
            program=place.program, spec=place.spec, form=form, actor=actor, seen=seen, action=services.RESTORED
        )
    except OutdatedError:
        meanwhile = changes_since(program=place.program, spec=place.spec, seen=seen)
        return restore_page(
            request, place, connection=stored, entry=found, form=form, newest=newest, meanwhile=meanwhile
        )
    return answer_saved(request, place, saved)


@login_required
@posted_from("cards:connection")
def pause(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    stored = stored_or_404(place_or_404(request, code, kind, at_least=Role.EDITOR))
    services.pause(connection=stored, actor=actor_of(request))
    messages.success(request, _("Paused. What comes in from now on waits, in order; nothing is lost."))
    return redirect("cards:connection", code=code, kind=kind)


@login_required
@posted_from("cards:card")
def resume(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    stored = stored_or_404(place_or_404(request, code, kind, at_least=Role.EDITOR))
    services.resume(connection=stored, actor=actor_of(request))
    messages.success(request, _("Resumed. What has waited goes out now, in order."))
    return redirect("cards:card", code=code, kind=kind)


@login_required
@posted_from("cards:connection")
def ask_member(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Whether the other system knows a member."""
    place = place_or_404(request, code, kind, at_least=Role.EDITOR)
    stored = stored_or_404(place)
    if place.spec.find_profile is None or not stored.is_complete:
        raise Http404
    account_id = request.POST.get("account_id", "").strip()
    if not account_id or len(account_id) > LONGEST_ID or "\x00" in account_id:
        found = Checked(False, "no_account", _("Enter the account ID of one member."))
    else:
        found = check_member(connection=stored, account_id=account_id, session=session(), actor=actor_of(request))
    return connection_page(request, place, asked=Asked(account_id[:LONGEST_ID], found))
