"""The list of members, one member's page, and seeing a person's data on purpose."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from loyalty_api.pages.members.acts import posted_from_member
from loyalty_api.pages.members.pages import list_page, member_page
from loyalty_api.pages.members.places import place_or_404
from selfservice.accounts.actors import actor_of
from selfservice.audit.services import record
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.models import Role
from selfservice.ui.reveal import RevealForm


@login_required
@require_safe
def members(request: HttpRequest, code: str) -> HttpResponse:
    return list_page(request, *program_and_role_or_404(request, code))


@login_required
@require_safe
def member(request: HttpRequest, code: str, account: str) -> HttpResponse:
    return member_page(request, place_or_404(request, code, account))


@login_required
@posted_from_member
def reveal(request: HttpRequest, code: str, account: str) -> HttpResponse:
    """Shows the people's data to an admin with a reason; in this answer only."""
    place = place_or_404(request, code, account, at_least=Role.ADMIN)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return member_page(request, place, refused=form)
    record(
        actor=actor_of(request),
        action="member.revealed",
        subject=place.account_id,
        program=code,
        reason=form.cleaned_data["reason"],
    )
    return member_page(request, place, is_revealed=True)
