"""The log, one call, the search, and one member's story."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from integrations.activity import call_log
from integrations.activity.filters import Asked
from integrations.activity.pages import (
    BAD_REQUEST,
    call_page,
    live_rows,
    log_page,
    question_of,
    search_page,
    story_page,
)
from integrations.activity.reveals import REVEALED
from integrations.activity.searching import LONGEST, Found, search
from integrations.calls.masking import masked_text
from integrations.calls.models import ApiCall
from integrations.frame.acts import posted_from
from integrations.frame.call_errors import sentence_of
from integrations.frame.places import Place, address_of, place_or_404
from selfservice.accounts.actors import actor_of
from selfservice.audit.services import record
from selfservice.programs.models import Role
from selfservice.ui.csv import csv_answer
from selfservice.ui.reveal import RevealForm


@login_required
@require_safe
def log(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """What waits, and what failed and was not sent again, is listed where it is dealt with."""
    place = place_or_404(request, code, kind)
    state = request.GET.get("state", "")
    is_alone = not any(value for name, value in request.GET.items() if name != "state")
    if state == "waiting" or (state == "dead" and is_alone):
        return redirect(address_of("recovery:dead_letters", place, state=state))
    return log_page(request, place)


@login_required
@require_safe
def live(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    return live_rows(request, place_or_404(request, code, kind))


@login_required
@posted_from("activity:log")
def export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The calls that the filters ask for, masked as on the page."""
    place = place_or_404(request, code, kind)
    asked = question_of(place, request.POST).asked
    if asked is None or asked.is_of_events:
        return HttpResponse(_("There is no list of calls with these filters."), status=BAD_REQUEST)
    record(
        actor=actor_of(request),
        action="calls.exported",
        subject=kind,
        program=code,
        after={"filters": dict(asked.as_given)},
    )
    filename = f"calls-{code}-{kind}-{datetime.now(UTC):%Y%m%d-%H%M}.csv"
    return csv_answer(filename=filename, head=_head(), rows=_lines(place, asked))


@login_required
@require_safe
def call(request: HttpRequest, code: str, kind: str, day: int, pk: int) -> HttpResponse:
    place = place_or_404(request, code, kind)
    return call_page(request, place, _call_or_404(place, day, pk))


@login_required
@posted_from("activity:call", "day", "pk")
def reveal(request: HttpRequest, code: str, kind: str, day: int, pk: int) -> HttpResponse:
    """Shows one call as it was, to an admin with a reason; in this answer only."""
    place = place_or_404(request, code, kind, at_least=Role.ADMIN)
    shown = _call_or_404(place, day, pk)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return call_page(request, place, shown, refused=form)
    record(
        actor=actor_of(request),
        action=REVEALED,
        subject=shown.request_id,
        program=code,
        after={"reason": form.cleaned_data["reason"], "endpoint": shown.endpoint, "at": shown.at.isoformat()},
    )
    return call_page(request, place, shown, is_revealed=True)


@login_required
@require_safe
def story(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Leads from a text to what it means, most often a member."""
    place = place_or_404(request, code, kind)
    text = request.GET.get("q", "").strip()[:LONGEST]
    if not text:
        return search_page(request, place, None)
    found = search(place, text)
    return _only_meaning(place, found) or search_page(request, place, found, text=text)


@login_required
@require_safe
def member(request: HttpRequest, code: str, kind: str, account_id: str) -> HttpResponse:
    return story_page(request, place_or_404(request, code, kind), account_id)


def _only_meaning(place: Place, found: Found) -> HttpResponse | None:
    if not found.is_one_kind:
        return None
    if found.is_member:
        return redirect(_address(place, "member", account_id=found.text))
    if len(found.accounts) == 1:
        return redirect(_address(place, "member", account_id=found.accounts[0]))
    if found.event and found.event.account_id:
        story = _address(place, "member", account_id=found.event.account_id)
        return redirect(f"{story}?event={quote(found.event.event_id)}")
    if len(found.calls) == 1:
        only = found.calls[0]
        return redirect(_address(place, "call", day=f"{only.day:%Y%m%d}", pk=only.pk))
    return None


def _address(place: Place, name: str, **names: object) -> str:
    return reverse(f"activity:{name}", kwargs={"code": place.program.code, "kind": place.spec.kind, **names})


def _call_or_404(place: Place, day: int, pk: int) -> ApiCall:
    try:
        at = date(day // 10_000, day // 100 % 100, day % 100)
    except (ValueError, OverflowError):
        raise Http404 from None
    found = call_log.find_call(program=place.program, day=at, pk=pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def _head() -> list[str]:
    return [
        _("Time"),
        _("Direction"),
        _("System"),
        _("Method"),
        _("Path"),
        _("Endpoint"),
        _("Status"),
        _("Duration in ms"),
        _("Member"),
        _("Key"),
        _("Objects"),
        _("Request ID"),
        _("Error"),
        _("Error in words"),
    ]


def _lines(place: Place, asked: Asked) -> Iterator[list[object]]:
    for each in call_log.all_of(program=place.program, asked=asked):
        yield [
            each.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            each.direction,
            each.kind,
            each.method,
            masked_text(each.path),
            each.endpoint,
            each.status or "",
            each.duration_ms,
            each.account_id,
            each.key_prefix,
            each.units,
            each.request_id,
            masked_text(each.error),
            sentence_of(each.error),
        ]
