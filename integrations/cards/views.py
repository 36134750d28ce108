"""A program's cards, and one card with its connection."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from integrations.cards.first_steps import steps_of
from integrations.cards.overview import tiles
from integrations.cards.pages import connection_page, overview_page
from integrations.cards.saving import answer_saved, stored_or_404
from integrations.cards.section import OVERVIEW
from integrations.connections.meanwhile import save_unless_outdated
from integrations.connections.services import connection_form
from integrations.connections.testing import run_test
from integrations.frame.acts import posted_from
from integrations.frame.places import address_of, place_or_404
from integrations.outbound.sessions import session
from selfservice.accounts.actors import actor_of
from selfservice.audit.meanwhile import OutdatedError, seen_of
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.models import Role
from selfservice.programs.pages import in_program


@login_required
@require_safe
def program_page(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code)
    steps = steps_of(program=program, role=role)
    context = {"tiles": tiles(program=program, role=role), "steps": steps}
    return in_program(request, program, role, "cards/program.html", context, section=OVERVIEW)


@login_required
@require_safe
def card(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    return overview_page(request, place_or_404(request, code, kind))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def connection(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    is_saving = request.method == "POST"
    place = place_or_404(request, code, kind, at_least=Role.ADMIN if is_saving else Role.VIEWER)
    if not is_saving:
        return connection_page(request, place)
    # What is sent is chosen on a page of its own.
    keeping = place.spec.matrix.fields
    form = connection_form(program=place.program, spec=place.spec, data=request.POST, keeping=keeping)
    if not form.is_valid():
        return connection_page(request, place, refused=form)
    actor = actor_of(request)
    seen = seen_of(request.POST.get("seen"))
    try:
        saved = save_unless_outdated(
            program=place.program, spec=place.spec, form=form, actor=actor, seen=seen, keeping=keeping
        )
    except OutdatedError:
        return connection_page(request, place, refused=form, is_outdated=True)
    return answer_saved(request, place, saved)


@login_required
@posted_from("cards:connection")
def test(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Tries the stored connection out. The page leads to the panel that says in words what came of it."""
    place = place_or_404(request, code, kind, at_least=Role.EDITOR)
    run_test(connection=stored_or_404(place), session=session(), actor=actor_of(request))
    return redirect(address_of("cards:connection", place) + "#test")
