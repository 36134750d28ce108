"""Puts a page of a program together: its head, its sections, and what the page itself is about."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from selfservice.programs.models import Program, Role
from selfservice.programs.sections import Section, sections_of

# A form was sent and refused; the page shows it again.
UNPROCESSABLE = 422
# A form was right, but what it builds upon has changed meanwhile.
CONFLICT = 409


def in_program(
    request: HttpRequest,
    program: Program,
    role: Role | None,
    template: str,
    context: Mapping[str, Any],
    *,
    section: Section,
    status: int = 200,
) -> HttpResponse:
    """`template` extends programs/page.html. A page below the section's first one names itself as `below`."""
    shared = {
        "program": program,
        "role": role,
        "section": section,
        "tabs": sections_of(program, role, current=section),
    }
    return render(request, template, {**shared, **context}, status=status)
