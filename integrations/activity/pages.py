"""Puts the pages of the log together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from integrations.activity import call_log, event_log, live, lookups
from integrations.activity.answers import answer_for
from integrations.activity.call_parts import parts_of
from integrations.activity.cursors import BadCursor, Cursor, cursor_of
from integrations.activity.filters import Asked, AskedForm, asked_of
from integrations.activity.offers import offer
from integrations.activity.reveals import reveals_of
from integrations.activity.searching import Found
from integrations.activity.story import StoryCursor, failed_letter, letter_name, reason_in_words, story_of
from integrations.calls.models import ApiCall
from integrations.connections.models import Connection
from integrations.connections.services import find
from integrations.frame.call_rows import CallRow, call_rows
from integrations.frame.pages import framed
from integrations.frame.places import Place, address_of
from selfservice.programs.pages import UNPROCESSABLE
from selfservice.schedule import REMOVAL
from selfservice.ui.reveal import RevealForm
from selfservice.ui.zones import known_zone

TAB = "activity:log"
BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Question:
    """What an address asks for; `asked` is None when it asks for nothing that there is."""

    form: AskedForm
    asked: Asked | None
    cursor: Cursor | None


def question_of(place: Place, data: Mapping[str, Any]) -> Question:
    """Moments are read in the program's time zone."""
    with timezone.override(known_zone(place.program.timezone)):
        form = AskedForm(data, title=place.spec.title)
        if not form.is_valid():
            return Question(form, None, None)
        try:
            cursor = cursor_of(before=data.get("before", ""), after=data.get("after", ""))
        except BadCursor:
            return Question(form, None, None)
        return Question(form, asked_of(form, kind=place.spec.kind), cursor)


def log_page(request: HttpRequest, place: Place) -> HttpResponse:
    question = question_of(place, request.GET)
    connection = find(program=place.program, kind=place.spec.kind)
    context: dict[str, Any] = {
        "form": question.form,
        "retention_days": settings.RETENTION_DAYS,
        "removal": datetime.combine(timezone.now(), REMOVAL, UTC),
        "is_live": bool(request.GET.get("live")),
        "asked": question.asked,
        "base": address_of(TAB, place),
        "offers": offer(question.form, place=place),
    }
    if question.asked is None:
        return framed(request, place, "activity/log.html", context, tab=TAB, connection=connection, status=BAD_REQUEST)
    if question.asked.is_of_events:
        context |= _events(place, connection, question.asked, question.cursor)
    else:
        context |= _calls(place, question.asked, question.cursor)
    return framed(request, place, "activity/log.html", context, tab=TAB, connection=connection)


def live_rows(request: HttpRequest, place: Place) -> HttpResponse:
    """What has come in behind the cursor, as rows to be put on top, and the next question."""
    question = question_of(place, request.GET)
    if question.asked is None or question.asked.is_of_events:
        return HttpResponse(status=BAD_REQUEST)
    try:
        mark = live.mark_of(cursor=question.cursor, shown=request.GET.get("shown", ""))
    except BadCursor:
        return HttpResponse(status=BAD_REQUEST)
    is_paused = bool(request.GET.get("paused"))
    if is_paused:
        news = live.News((), 0, False, mark)
    else:
        news = live.news(program=place.program, asked=question.asked, mark=mark)
    context = {
        "program": place.program,
        "spec": place.spec,
        "asked": question.asked,
        "calls": call_rows(spec=place.spec, calls=news.calls),
        "news": news,
        "live_mark": news.mark.query,
        "is_answer": True,
        "is_paused": is_paused,
    }
    return render(request, "activity/live_rows.html", context)


def call_page(
    request: HttpRequest,
    place: Place,
    call: ApiCall,
    *,
    is_revealed: bool = False,
    refused: RevealForm | None = None,
) -> HttpResponse:
    """`is_revealed` shows what is hidden otherwise, in this answer only."""
    units = lookups.units_of_request(
        program=place.program, request_id=call.request_id, at=call.at, duration_ms=call.duration_ms
    )
    parts = parts_of(call, is_revealed=is_revealed, host=request.build_absolute_uri("/"))
    (row,) = call_rows(spec=place.spec, calls=[call])
    context = {
        "call": row,
        "parts": parts,
        "units": [(unit, reason_in_words(place.spec, unit.state, unit.reason), letter_name(unit)) for unit in units],
        "form": refused or RevealForm(auto_id="reveal_%s"),
        "is_revealed": is_revealed,
        "is_refused": refused is not None,
        "retention_days": settings.RETENTION_DAYS,
        "reveals": reveals_of(program=place.program) if place.is_admin else None,
        # Loading the answer to the form again shows the page as it is for everybody.
        "address": _address_of_call(place, row) if is_revealed or refused else "",
    }
    status = UNPROCESSABLE if refused else 200
    return framed(request, place, "activity/call.html", context, tab=TAB, status=status)


def _address_of_call(place: Place, row: CallRow) -> str:
    return address_of("activity:call", place, {"day": row.day, "pk": row.pk})


def search_page(request: HttpRequest, place: Place, found: Found | None, *, text: str = "") -> HttpResponse:
    """What a text means when it means several things, or none."""
    context: dict[str, Any] = {"found": found, "q": text, "retention_days": settings.RETENTION_DAYS}
    if found:
        context["calls"] = call_rows(spec=place.spec, calls=found.calls)
    return framed(request, place, "activity/search.html", context, tab=TAB)


def story_page(request: HttpRequest, place: Place, account_id: str) -> HttpResponse:
    connection = find(program=place.program, kind=place.spec.kind)
    event_id = request.GET.get("event", "")[:128]
    asked_for = lookups.find_event(program=place.program, event_id=event_id) if event_id else None
    if asked_for and asked_for.account_id != account_id:
        asked_for = None
    try:
        cursor = StoryCursor.of(request.GET.get("before", "-"))
    except BadCursor:
        cursor = StoryCursor()
    story = story_of(place, account_id=account_id, connection=connection, cursor=cursor, focus=event_id)
    answer = answer_for(
        place,
        account_id=account_id,
        connection=connection,
        story=story,
        asked_for=asked_for,
        now=timezone.now(),
    )
    context = {
        "account_id": account_id,
        "story": story,
        "answer": answer,
        "asked_for": asked_for,
        "letter": failed_letter(story, asked_for) if answer.leads_to == "dead" else "",
        "base": request.path,
        "is_first": cursor == StoryCursor(),
        "newer": "" if cursor == StoryCursor() else "?",
        "older": f"?before={story.older}" if story.older else "",
        "user_id": lookups.user_of_account(program=place.program, account_id=account_id),
        "retention_days": settings.RETENTION_DAYS,
    }
    return framed(request, place, "activity/story.html", context, tab=TAB, connection=connection)


def _calls(place: Place, asked: Asked, cursor: Cursor | None) -> dict[str, Any]:
    found = call_log.read_page(program=place.program, asked=asked, cursor=cursor)
    rows = call_rows(spec=place.spec, calls=found.page.rows)
    mark = live.mark_of_page(found.page.rows)
    return {"calls": rows, "total": found.total, "live_mark": mark.query, **_around(asked, found.page)}


def _events(place: Place, connection: Connection | None, asked: Asked, cursor: Cursor | None) -> dict[str, Any]:
    if connection is None:
        return {"events": []}
    found = event_log.read_page(connection=connection, asked=asked, cursor=cursor)
    rows = [(row, reason_in_words(place.spec, row.state, row.reason)) for row in found.page.rows]
    counts = {"total": found.total, "waiting": found.waiting, "accepted": found.accepted}
    return {"events": rows, **counts, **_around(asked, found.page)}


def _around(asked: Asked, page: Any) -> dict[str, str]:
    given = list(asked.as_given)
    return {
        "newer": "?" + urlencode([*given, ("after", page.newer)]) if page.newer else "",
        "older": "?" + urlencode([*given, ("before", page.older)]) if page.older else "",
    }
