"""The programs' list, a program's cards, and one card with its connection."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from integrations.cards.overview import program_rows, tiles
from integrations.cards.pages import connection_page, overview_page
from integrations.cards.saving import answer_saved, stored_or_404
from integrations.cards.section import OVERVIEW
from integrations.connections.meanwhile import OutdatedError, save_unless_outdated, seen_of
from integrations.connections.services import connection_form
from integrations.connections.testing import run_test
from integrations.frame.acts import posted_from
from integrations.frame.places import address_of, place_or_404
from integrations.outbound.sessions import session
from selfservice.accounts.actors import actor_of
from selfservice.accounts.models import User
from selfservice.programs.access import program_and_role_or_404, programs_for
from selfservice.programs.models import Role
from selfservice.programs.pages import in_program

PROGRAMS_PER_PAGE = 25


@login_required
@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(programs_for(request.user), PROGRAMS_PER_PAGE).get_page(request.GET.get("page"))
    assert isinstance(request.user, User)
    rows = program_rows(user=request.user, programs=list(page.object_list))
    return render(request, "cards/programs.html", {"page": page, "rows": rows})


@login_required
@require_safe
def program_page(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code)
    context = {"tiles": tiles(program=program, role=role)}
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
