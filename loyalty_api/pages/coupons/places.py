"""Where a page about coupons stands: the program, the person's role, and the coupon; and how it is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from loyalty_api.client.factory import is_remote
from loyalty_api.contract import NotFound
from loyalty_api.engine.coupon_definitions import find_coupon
from loyalty_api.engine.models import Coupon
from loyalty_api.pages.coupons.section import COUPONS
from selfservice.programs.access import may, program_and_role_or_404
from selfservice.programs.models import Program, Role
from selfservice.programs.pages import CONFLICT, in_program

_View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Place:
    program: Program
    role: Role | None

    @property
    def is_editor(self) -> bool:
        return may(self.role, Role.EDITOR)

    @property
    def is_admin(self) -> bool:
        return may(self.role, Role.ADMIN)

    def coupon_or_404(self, coupon_id: str) -> Coupon:
        try:
            coupon = find_coupon(self.program, coupon_id)
        except NotFound:
            raise Http404 from None
        coupon.program = self.program
        return coupon


def coupon_page(*, looking: Role = Role.VIEWER, acting: Role | None = None) -> Callable[[_View], _View]:
    """The view gets a Place. Without `acting` the address takes no POST. Times are the program's; a program whose
    coupons are kept elsewhere gets a page that says so."""
    methods = ["GET", "HEAD", "POST"] if acting else ["GET", "HEAD"]

    def decorated(view: _View) -> _View:
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def opened(request: HttpRequest, code: str, **named: Any) -> HttpResponse:
            at_least = acting if acting and request.method == "POST" else looking
            program, role = program_and_role_or_404(request, code, at_least=at_least)
            place = Place(program, role)
            if is_remote(program):
                return shown(request, place, "coupons/remote.html", {}, status=_status_elsewhere(request))
            with timezone.override(program.timezone):
                return view(request, place, **named)

        return opened

    return decorated


def acting_only(page: str, *parts: str) -> Callable[[_View], _View]:
    """For editors. Whoever looks is led to `page`, a view's name, whose address has `parts` besides the code."""

    def decorated(view: _View) -> _View:
        @wraps(view)
        def posted(request: HttpRequest, place: Place, **named: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, place, **named)
            names = {"code": place.program.code} | {part: named[part] for part in parts}
            return HttpResponseRedirect(reverse(page, kwargs=names))

        return coupon_page(looking=Role.VIEWER, acting=Role.EDITOR)(posted)

    return decorated


def shown(
    request: HttpRequest, place: Place, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    found = {"place": place, **context}
    return in_program(request, place.program, place.role, template, found, section=COUPONS, status=status)


def _status_elsewhere(request: HttpRequest) -> int:
    return CONFLICT if request.method == "POST" else 200
