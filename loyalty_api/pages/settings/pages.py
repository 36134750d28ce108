"""Puts a page of the settings together."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from loyalty_api.pages.settings.section import BASICS, SETTINGS, SettingsPage, pages_of
from selfservice.programs.access import may
from selfservice.programs.models import Program, Role
from selfservice.programs.pages import in_program


def in_settings(
    request: HttpRequest,
    program: Program,
    role: Role | None,
    template: str,
    context: Mapping[str, Any],
    *,
    page: SettingsPage,
    status: int = 200,
) -> HttpResponse:
    """`template` extends settings/page.html; `page` is the one of the settings that it is, or belongs to."""
    shared = {
        "page": page,
        "settings_pages": pages_of(program, current=page),
        "is_admin": may(role, Role.ADMIN),
        "below": None if page == BASICS else page.label,
    }
    return in_program(request, program, role, template, {**shared, **context}, section=SETTINGS, status=status)
