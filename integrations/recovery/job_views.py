"""Replays by filter: the plan, the beginning, how far it is, and its end."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from integrations.connections.services import find
from integrations.delivery import ended, replay, replay_results, wakeups
from integrations.delivery.replay import ReplayUnderWay
from integrations.delivery.replay_models import ReplayJob
from integrations.frame.acts import posted_from
from integrations.frame.pages import framed
from integrations.frame.places import Place, place_or_404
from integrations.recovery import pages
from integrations.recovery.filters import FiltersForm
from integrations.recovery.groups import find_group
from integrations.recovery.jobs import job_rows, result_head, results, rows_of
from selfservice.accounts.actors import actor_of
from selfservice.audit.services import Actor, record
from selfservice.programs.models import Role
from selfservice.ui.csv import csv_answer

_MOST_DIGITS = 18
_CHANGES: dict[str, Callable[..., bool]] = {"pause": replay.pause, "resume": replay.go_on, "cancel": replay.cancel}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Says what would happen; on POST it happens."""
    is_beginning = request.method == "POST"
    place = place_or_404(request, code, kind, at_least=Role.EDITOR if is_beginning else Role.VIEWER)
    return _begin(request, place) if is_beginning else pages.plan_page(request, place, FiltersForm(request.GET))


@login_required
@require_safe
def jobs(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    place = place_or_404(request, code, kind)
    connection = find(program=place.program, kind=kind)
    if connection is None:
        return pages.unconnected_page(request, place)
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdecimal() and len(before) <= _MOST_DIGITS
    rows, following = job_rows(program=place.program, connection=connection, before=int(before) if is_number else None)
    context = {
        "rows": rows,
        "newer": "?" if is_number else "",
        "older": f"?before={following}" if following else "",
    }
    return framed(request, place, "recovery/jobs.html", context, tab=pages.TAB, connection=connection)


@login_required
@require_safe
def job(request: HttpRequest, code: str, kind: str, number: int) -> HttpResponse:
    place = place_or_404(request, code, kind)
    connection = pages.connection_or_404(place)
    found = get_object_or_404(ReplayJob, program=place.program, pk=number)
    (row,) = rows_of(program=place.program, connection=connection, jobs=[found])
    results = replay_results.results_of(job=found)
    is_live = row.is_running or (results.waiting > 0 and connection.status == "active")
    context = {"row": row, "results": results, "is_live": is_live}
    return framed(request, place, "recovery/job.html", context, tab=pages.TAB, connection=connection)


@login_required
@posted_from("recovery:job", "number")
def change(request: HttpRequest, code: str, kind: str, number: int) -> HttpResponse:
    """Pauses, goes on or cancels."""
    place = place_or_404(request, code, kind, at_least=Role.EDITOR)
    found = get_object_or_404(ReplayJob, program=place.program, pk=number)
    act = _CHANGES.get(request.POST.get("act", ""))
    if act is None or not act(job=found, actor=actor_of(request)):
        messages.info(request, _("Nothing was changed: the replay is not in that state any more."))
    return _to_job(place, number)


@login_required
@require_safe
def result(request: HttpRequest, code: str, kind: str, number: int) -> HttpResponseBase:
    """A file with what became of each event."""
    place = place_or_404(request, code, kind)
    connection = pages.connection_or_404(place)
    found = get_object_or_404(ReplayJob, program=place.program, pk=number)
    record(actor=actor_of(request), action="replay.exported", subject=str(found.pk), program=place.program.code)
    name = f"{place.program.code}-{kind}-replay-{found.pk}.csv"
    return csv_answer(filename=name, head=result_head(), rows=results(job=found, connection=connection))


def _begin(request: HttpRequest, place: Place) -> HttpResponse:
    connection, form = pages.connection_or_404(place), FiltersForm(request.POST)
    if not form.is_valid():
        return pages.plan_page(request, place, form)
    filters = form.chosen
    group = find_group(connection=connection, state=filters.state, key=filters.key) if filters.key else None
    if filters.key and group is None:
        messages.warning(request, _("Nothing was begun: what was chosen is not there any more."))
        return redirect(pages.TAB, code=place.program.code, kind=place.spec.kind)
    selection = filters.selection(program=place.program, connection=connection, cause=group.cause if group else "")
    return _to_job(place, _begun(place, selection, actor_of(request), request))


def _begun(place: Place, selection: replay.Selection, actor: Actor, request: HttpRequest) -> int | None:
    """The job's number; that of the one that is under way already, since there is one at a time; None of no events."""
    sample = ended.sample(program=place.program, selection=selection, at_most=settings.REPLAY_COUNTED)
    if not sample.units:
        messages.info(request, _("Nothing was begun: no event of this choice can be sent again."))
        return None
    try:
        found = replay.begin(program=place.program, selection=selection, actor=actor, is_large=sample.is_more)
    except ReplayUnderWay:
        messages.info(request, _("A replay is under way already. When it is done, begin the next."))
        running = replay.open_job(program=place.program)
        return running.pk if running else None
    wakeups.ask_for("work_off_replays")
    return found.pk


def _to_job(place: Place, number: int | None) -> HttpResponse:
    if number is None:
        return redirect("recovery:jobs", code=place.program.code, kind=place.spec.kind)
    return redirect("recovery:job", code=place.program.code, kind=place.spec.kind, number=number)
