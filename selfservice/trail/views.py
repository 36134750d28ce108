"""The audit trail: of a program for its admins, of everything for operators."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from selfservice.accounts.actors import actor_of
from selfservice.accounts.models import User
from selfservice.audit.services import record
from selfservice.programs.access import program_and_role_or_404
from selfservice.programs.acts import posted_in_program
from selfservice.programs.models import Program, Role
from selfservice.trail.filters import Asked
from selfservice.trail.lines import actor_in_words
from selfservice.trail.pages import BAD_REQUEST, program_trail, question_of, whole_trail
from selfservice.trail.reading import all_of
from selfservice.trail.words import action_in_words
from selfservice.ui.csv import csv_answer
from selfservice.ui.zones import known_zone


@login_required
@require_safe
def of_program(request: HttpRequest, code: str) -> HttpResponse:
    program, role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    return program_trail(request, program, role)


@login_required
@posted_in_program("trail:program")
def program_export(request: HttpRequest, code: str) -> HttpResponseBase:
    program, _role = program_and_role_or_404(request, code, at_least=Role.ADMIN)
    with timezone.override(program.timezone):
        asked = question_of(request.POST, program)[1]
    return _exported(request, asked, program)


@login_required
@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    _operators_only(request)
    return whole_trail(request)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def whole_export(request: HttpRequest) -> HttpResponseBase:
    _operators_only(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("trail:whole"))
    return _exported(request, question_of(request.POST, None)[1], None)


def _operators_only(request: HttpRequest) -> None:
    if not (isinstance(request.user, User) and request.user.is_operator):
        raise PermissionDenied


def _exported(request: HttpRequest, asked: Asked | None, program: Program | None) -> HttpResponseBase:
    if asked is None:
        return HttpResponse(_("There is no list with these filters."), status=BAD_REQUEST)
    code = program.code if program else ""
    record(
        actor=actor_of(request),
        action="audit.exported",
        subject=code or "*",
        program=code,
        after={"filters": dict(asked.as_given)},
    )
    filename = f"audit-{code or 'all'}-{datetime.now(UTC):%Y%m%d-%H%M}.csv"
    return csv_answer(filename=filename, head=_head(), rows=_rows(asked, program))


def _head() -> list[str]:
    return [
        _("Time"),
        _("Who"),
        pgettext("address", "From"),
        _("Program"),
        _("Action"),
        _("What"),
        _("Subject"),
        _("Before"),
        _("After"),
    ]


def _rows(asked: Asked, program: Program | None) -> Iterator[list[object]]:
    zone = known_zone(program.timezone) if program else timezone.get_default_timezone()
    for entry in all_of(asked):
        yield [
            entry.at.astimezone(zone).isoformat(timespec="seconds"),
            actor_in_words(entry.actor),
            entry.address or "",
            entry.program,
            entry.action,
            action_in_words(entry.action),
            entry.subject,
            _json(entry.before),
            _json(entry.told),
        ]


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
