"""What failed, what was not sent, what waits; and single events sent again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from integrations.delivery.resending import NotThereAnyMore, send_again, send_edited
from integrations.frame.acts import posted_from
from integrations.frame.places import Place, place_or_404
from integrations.recovery import pages
from integrations.recovery.editing import EditForm
from selfservice.accounts.actors import actor_of
from selfservice.programs.models import Role


@login_required
@require_safe
def dead_letters(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    place = place_or_404(request, code, kind)
    if request.GET.get("state") == "waiting":
        return pages.waiting_page(request, place)
    return pages.groups_page(request, place)


@login_required
@require_safe
def letters(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    return pages.letters_page(request, place_or_404(request, code, kind))


@login_required
@require_safe
def letter(request: HttpRequest, code: str, kind: str, name: str) -> HttpResponse:
    return pages.letter_page(request, place_or_404(request, code, kind), name)


@login_required
@posted_from("recovery:letter", "name")
def again(request: HttpRequest, code: str, kind: str, name: str) -> HttpResponse:
    """Sends one event again as it is."""
    place = place_or_404(request, code, kind, at_least=Role.EDITOR)
    connection = pages.connection_or_404(place)
    found = pages.letter_or_404(connection, name)
    try:
        send_again(connection=connection, outcome=found.outcome, actor=actor_of(request))
    except NotThereAnyMore:
        _say_gone(request)
    else:
        messages.success(request, _("The event waits to be sent again, behind what waits for the same member."))
    return _to_letter(place, name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str, kind: str, name: str) -> HttpResponse:
    """Corrects the data of one event: checks it, shows what would be sent, and sends that once it was seen."""
    place = place_or_404(request, code, kind, at_least=Role.EDITOR)
    connection = pages.connection_or_404(place)
    found = pages.letter_or_404(connection, name)
    if found.event is None or found.is_over:
        _say_gone(request)
        return _to_letter(place, name)
    is_sent = request.method == "POST"
    form = EditForm(
        event=found.event, connection=connection, outcome=found.outcome, sent=request.POST if is_sent else None
    )
    is_refused = is_sent and not form.is_valid()
    if not is_sent or is_refused or request.POST.get("act") != "send" or not form.is_seen:
        return pages.edit_page(request, place, found, form, is_refused=is_refused)
    try:
        send_edited(
            connection=connection,
            outcome=found.outcome,
            data=form.cleaned_data["content"],
            told=form.told(),
            actor=actor_of(request),
        )
    except NotThereAnyMore:
        _say_gone(request)
    else:
        messages.success(request, _("The edited event waits to be sent. What came in is kept beside it."))
    return _to_letter(place, name)


def _say_gone(request: HttpRequest) -> None:
    messages.info(request, _("Nothing was done: this event has been sent again already, or is not kept any more."))


def _to_letter(place: Place, name: str) -> HttpResponse:
    return redirect("recovery:letter", code=place.program.code, kind=place.spec.kind, name=name)
