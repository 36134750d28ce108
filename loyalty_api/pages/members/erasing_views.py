"""What the law asks for: a member's data as a file, and a member erased."""

from datetime import UTC

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loyalty_api.pages.members import changes
from loyalty_api.pages.members.acts import posted_from_member
from loyalty_api.pages.members.exporting import export_of
from loyalty_api.pages.members.forms import EraseForm
from loyalty_api.pages.members.pages import form_page
from loyalty_api.pages.members.places import place_or_404
from loyalty_api.pages.members.traces import traces
from selfservice.accounts.actors import actor_of
from selfservice.audit.services import record
from selfservice.programs.access import program_or_404
from selfservice.programs.models import Role

_LIST = "members:list"


@login_required
@posted_from_member
def export(request: HttpRequest, code: str, account: str) -> HttpResponseBase:
    place = place_or_404(request, code, account, at_least=Role.ADMIN)
    now = timezone.now()
    record(actor=actor_of(request), action="member.exported", subject=place.account_id, program=code)
    answer = StreamingHttpResponse(export_of(place, now=now), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="member-{now.astimezone(UTC):%Y%m%d-%H%M}.json"'
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, code: str, account: str) -> HttpResponse:
    """Says what goes and what stays, and asks for the account's id."""
    place = place_or_404(request, code, account, at_least=Role.ADMIN)
    systems = [(system.kind, system.title) for system in traces().deleting(program=place.program)]
    data = request.POST if request.method == "POST" else None
    form = EraseForm(data, account_id=place.account_id, systems=systems)
    if not form.is_valid():
        return form_page(request, place, "members/erase.html", form)
    kinds = form.cleaned_data.get("systems", [])
    changes.erase(place=place, kinds=kinds, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("The member is erased. What is left of the account are lines without a name."))
    return redirect(_LIST, code=code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, code: str, erasure: int) -> HttpResponse:
    """Has a profile that could not be deleted tried once more. To look at there is nothing but the list."""
    is_asked = request.method == "POST"
    program = program_or_404(request, code, at_least=Role.ADMIN if is_asked else Role.VIEWER)
    if is_asked:
        try:
            is_taken = traces().again(program=program, number=erasure, actor=actor_of(request), now=timezone.now())
        except LookupError:
            raise Http404 from None
        text = _("It is tried again within half a minute.") if is_taken else _("There was nothing left to try again.")
        messages.info(request, text)
    return redirect(_LIST, code=code)
