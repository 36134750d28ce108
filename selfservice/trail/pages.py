"""Puts the pages of the trail together: of one program, and of the whole installation."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from selfservice.programs.models import Program, Role
from selfservice.programs.pages import in_program
from selfservice.trail.filters import Asked, AskedForm, asked_of
from selfservice.trail.lines import line_of
from selfservice.trail.reading import page_of
from selfservice.trail.section import TRAIL

BAD_REQUEST = 400
_LONGEST_NUMBER = 18


def program_trail(request: HttpRequest, program: Program, role: Role | None) -> HttpResponse:
    with timezone.override(program.timezone):
        context = _context(request, program)
    context |= {
        "base": reverse("trail:program", kwargs={"code": program.code}),
        "export": reverse("trail:program_export", kwargs={"code": program.code}),
        "zone": program.timezone,
    }
    return in_program(request, program, role, "trail/program.html", context, section=TRAIL, status=context["status"])


def whole_trail(request: HttpRequest) -> HttpResponse:
    context = _context(request, None)
    context |= {
        "base": reverse("trail:whole"),
        "export": reverse("trail:whole_export"),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "trail/whole.html", context, status=context["status"])


def question_of(data: Mapping[str, Any], program: Program | None) -> tuple[AskedForm, Asked | None]:
    """None for what is no question. Of one program nothing else is ever asked for."""
    form = AskedForm(data, is_of_one=program is not None)
    if not form.is_valid():
        return form, None
    asked = asked_of(form)
    if program is None:
        return form, asked
    return form, replace(asked, program=program.code)


def _context(request: HttpRequest, program: Program | None) -> dict[str, Any]:
    form, asked = question_of(request.GET, program)
    before, after = _number(request, "before"), _number(request, "after")
    is_understood = asked is not None and before != -1 and after != -1
    context: dict[str, Any] = {"form": form, "asked": asked, "status": 200 if is_understood else BAD_REQUEST}
    if asked is not None and is_understood:
        found = page_of(asked=asked, before=before, after=after)
        query = f"{asked.query}&" if asked.query else ""
        context |= {
            "lines": [line_of(entry) for entry in found.entries],
            "newer": f"?{query}{found.newer}" if found.newer else "",
            "older": f"?{query}{found.older}" if found.older else "",
            "is_newest": before is None and after is None,
        }
    return context


def _number(request: HttpRequest, name: str) -> int | None:
    """-1 for what is no number of a line."""
    given = request.GET.get(name, "")
    if not given:
        return None
    return int(given) if given.isascii() and given.isdecimal() and len(given) < _LONGEST_NUMBER else -1
