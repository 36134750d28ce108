"""Which program and integration a page is about, and what the person may do there."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse

from integrations.registry import all_specs
from integrations.spec import IntegrationSpec
from selfservice.programs.access import may, program_and_role_or_404
from selfservice.programs.models import Program, Role


@dataclass(frozen=True, slots=True)
class Place:
    """One integration of one program, with the role in which somebody looks at it."""

    program: Program
    spec: IntegrationSpec
    role: Role | None

    @property
    def is_admin(self) -> bool:
        return may(self.role, Role.ADMIN)

    @property
    def is_editor(self) -> bool:
        """An admin is one too."""
        return may(self.role, Role.EDITOR)


def place_or_404(request: HttpRequest, code: str, kind: str, *, at_least: Role = Role.VIEWER) -> Place:
    """Raises Http404 and PermissionDenied like `program_or_404`, and Http404 for a kind that is not installed."""
    program, role = program_and_role_or_404(request, code, at_least=at_least)
    spec = all_specs().get(kind)
    if spec is None:
        raise Http404
    return Place(program, spec, role)


def doors_url(request: HttpRequest, place: Place) -> str:
    """The address under which the other system calls this program."""
    base_url = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base_url}/v1/programs/{place.program.code}"


def address_of(
    view: str, place: Place, within: Mapping[str, object] | None = None, /, *, anchor: str = "", **query: str
) -> str:
    """The address of one of the integration's pages, by its view's name. `within` are the other parts of its path."""
    address = reverse(view, kwargs={"code": place.program.code, "kind": place.spec.kind, **(within or {})})
    return f"{address}?{urlencode(query)}{anchor}" if query else f"{address}{anchor}"
