"""Puts the pages about what did not arrive together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.delivery import replay
from integrations.delivery.ledger import Tally, connection_tally
from integrations.delivery.models import State
from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of
from integrations.recovery.editing import EditForm
from integrations.recovery.filters import FiltersForm, read_position
from integrations.recovery.groups import find_group, overview_of
from integrations.recovery.letters import Letter, letter_of, page_of
from integrations.recovery.plans import plan_of
from integrations.recovery.queue import queue_page_of
from integrations.statistics.undelivered import undelivered
from selfservice.programs.pages import UNPROCESSABLE

TAB = "recovery:dead_letters"
BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class List:
    """One of the three lists, with the number that the ledger says of it."""

    state: str
    events: int
    is_current: bool


def connection_or_404(place: Place) -> Connection:
    connection = find(program=place.program, kind=place.spec.kind)
    if connection is None:
        raise Http404
    return connection


def unconnected_page(request: HttpRequest, place: Place) -> HttpResponse:
    """Says what will stand here, and leads to the connection."""
    return _page(request, place, "recovery/groups.html", {"lists": []}, None)


def groups_page(request: HttpRequest, place: Place) -> HttpResponse:
    """What failed, or was not sent, by cause."""
    connection = find(program=place.program, kind=place.spec.kind)
    if connection is None:
        return unconnected_page(request, place)
    form = FiltersForm({"state": request.GET.get("state", "")})
    filters, is_refused = form.chosen, bool(form.errors)
    if is_refused:
        messages.warning(request, _("There is no such list. These are the events that failed."))
    figures = undelivered(connection=connection)
    overview = overview_of(connection=connection, figures=figures, state=filters.state)
    tally = connection_tally(connection=connection)
    context = {
        "filters": filters,
        "overview": overview,
        "past": tally.as_dict()[filters.state.value] - overview.events,
        "lists": _lists(tally, filters.state.value),
        "is_dead": filters.state == State.DEAD,
        "remedies": remedy_addresses(place),
        "job": replay.open_job(program=place.program),
        "retention_days": settings.RETENTION_DAYS,
    }
    return _page(request, place, "recovery/groups.html", context, connection, is_refused=is_refused)


def waiting_page(request: HttpRequest, place: Place) -> HttpResponse:
    connection = find(program=place.program, kind=place.spec.kind)
    if connection is None:
        return unconnected_page(request, place)
    tally = connection_tally(connection=connection)
    after = request.GET.get("after", "")
    queue = queue_page_of(connection=connection, after=after)
    context = {
        "queue": queue,
        "newer": "?state=waiting" if after else "",
        "older": f"?state=waiting&after={queue.next}" if queue.next else "",
        "lists": _lists(tally, "waiting"),
        "waiting": tally.waiting,
    }
    return _page(request, place, "recovery/waiting.html", context, connection)


def letters_page(request: HttpRequest, place: Place) -> HttpResponse:
    """The events of one cause, or those of one member."""
    connection = find(program=place.program, kind=place.spec.kind)
    if connection is None:
        return unconnected_page(request, place)
    form = FiltersForm(request.GET)
    context = _asked(connection, form)
    filters, group = form.chosen, context["group"]
    if form.errors:
        _offer(connection, form)
        return _page(request, place, "recovery/letters.html", context, connection, is_refused=True)
    if not context["is_gone"]:
        selection = filters.selection(program=place.program, connection=connection, cause=group.cause if group else "")
        found = page_of(program=place.program, connection=connection, selection=selection, before=filters.before)
        context |= {
            "list": found,
            "newer": f"?{filters.query}" if filters.before else "",
            "older": f"?{filters.query}&before={found.next}" if found.next else "",
        }
    return _page(request, place, "recovery/letters.html", context, connection)


def letter_page(request: HttpRequest, place: Place, name: str) -> HttpResponse:
    connection = connection_or_404(place)
    context = {"letter": letter_or_404(connection, name)}
    return _page(request, place, "recovery/letter.html", context, connection)


def edit_page(
    request: HttpRequest, place: Place, letter: Letter, form: EditForm, *, is_refused: bool = False
) -> HttpResponse:
    status = UNPROCESSABLE if is_refused else 200
    context = {"letter": letter, "form": form}
    connection = connection_or_404(place)
    return framed(request, place, "recovery/edit.html", context, tab=TAB, connection=connection, status=status)


def plan_page(request: HttpRequest, place: Place, form: FiltersForm) -> HttpResponse:
    """What a replay of all that the filters choose would mean."""
    connection = find(program=place.program, kind=place.spec.kind)
    if connection is None:
        return unconnected_page(request, place)
    context = _asked(connection, form)
    if not form.errors and not context["is_gone"]:
        cause = context["group"].cause if context["group"] else ""
        context["plan"] = plan_of(program=place.program, connection=connection, filters=form.chosen, cause=cause)
        context["job"] = replay.open_job(program=place.program)
    _offer(connection, form)
    return _page(request, place, "recovery/plan.html", context, connection, is_refused=bool(form.errors))


def letter_or_404(connection: Connection, name: str) -> Letter:
    position = read_position(name)
    letter = letter_of(connection=connection, position=position) if position else None
    if letter is None:
        raise Http404
    return letter


def remedy_addresses(place: Place) -> dict[str, str]:
    """Where a cause is put right."""
    return {"connection": address_of("cards:connection", place), "mapping": address_of("matrix:matrix", place)}


def _asked(connection: Connection, form: FiltersForm) -> dict[str, Any]:
    """The filters as the pages need them, with the cause that they name."""
    filters = form.chosen
    group = find_group(connection=connection, state=filters.state, key=filters.key) if filters.key else None
    return {
        "form": form,
        "filters": filters,
        "group": group,
        "is_gone": bool(filters.key) and group is None,
        "is_dead": filters.state == State.DEAD,
    }


def _offer(connection: Connection, form: FiltersForm) -> None:
    state = form.chosen.state
    form.offer(each.type for each in undelivered(connection=connection) if each.state == state)


def _lists(tally: Tally, current: str) -> list[List]:
    numbers = tally.as_dict()
    return [List(state, numbers[state], state == current) for state in ("dead", "filtered", "waiting")]


def _page(
    request: HttpRequest,
    place: Place,
    template: str,
    context: Mapping[str, Any],
    connection: Connection | None,
    *,
    is_refused: bool = False,
) -> HttpResponse:
    status = BAD_REQUEST if is_refused else 200
    return framed(request, place, template, context, tab=TAB, connection=connection, status=status)
