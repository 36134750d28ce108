"""The programs' list, and what to do first."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from integrations.cards.first_steps import steps_of
from integrations.cards.program_rows import program_rows
from integrations.cards.section import OVERVIEW
from selfservice.accounts.models import User
from selfservice.database.texts import storable
from selfservice.programs.access import program_and_role_or_404, programs_for
from selfservice.programs.models import Role
from selfservice.programs.pages import in_program

PROGRAMS_PER_PAGE = 25
# Of fewer each is seen at once.
SEARCHED_FROM = 8


@login_required
@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    query = storable(request.GET.get("q", "").strip())[:120]
    programs = programs_for(request.user)
    found = programs.filter(Q(name__icontains=query) | Q(code__icontains=query)) if query else programs
    page = Paginator(found, PROGRAMS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": program_rows(user=request.user, programs=list(page.object_list)),
        "query": query,
        "is_searched": bool(query) or page.paginator.count >= SEARCHED_FROM,
    }
    if request.user.is_operator and not page.paginator.count and not query:
        context["steps"] = steps_of(program=None, role=Role.ADMIN)
    return render(request, "cards/programs.html", context)


@login_required
@require_safe
def first_steps(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code)
    context = {"steps": steps_of(program=program, role=role)}
    return in_program(request, program, role, "cards/first_steps.html", context, section=OVERVIEW)
