"""The ground of all views: who calls, for which program, where things are, and pages of a list."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar, cast
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from loyalty_api.api.authentication import IsSignedIn, TokenAuthentication
from loyalty_api.api.description import LoyaltySchema
from loyalty_api.api.errors import answer_error
from loyalty_api.api.parsing import JsonParser
from loyalty_api.contract import Json, LoyaltyError, NotFound
from loyalty_api.engine.identifiers import ID, addressed_account
from loyalty_api.engine.logins import Caller
from loyalty_api.engine.places import Point, find_point, find_points, interaction_point_unknown
from selfservice.programs.models import Program

_TAKES_JSON = ("*/*", "application/json")
# What Django leaves as it is in the address of a view.
_PLAIN_IN_PATHS = "/~:@!$&'()*+,;="


class PlainFirst(DefaultContentNegotiation):
    """As the framework's, but that it does not weigh what nearly every till sends."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        meta = request.META
        if meta.get("HTTP_ACCEPT", "*/*") in _TAKES_JSON and not meta.get("QUERY_STRING"):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class LoyaltyView(APIView):
    """An `account_id` in the path may be any of the account's codes; `id-type` says which kind. Before a view's method
    runs it was replaced by the account's id, so that no method has to know. `interaction-id` was looked at too.
    """

    schema = LoyaltySchema()
    # How an address beyond the accounts' reads `id-type`, if it does.
    id_types: ClassVar[tuple[str, ...]] = ()
    # What arguments are called outside, where that is not their name in camel case.
    path_names: ClassVar[dict[str, str]] = {}
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)
    # False where the method looks at the interaction point itself.
    reads_point = True
    default_point: Point | None = None
    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (IsSignedIn,)
    content_negotiation_class: type[BaseContentNegotiation] = PlainFirst

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return answer_error

    @property
    def org(self) -> str:
        # Permissions ran before, so this cannot be anybody else.
        return cast(Caller, self.request.user).org

    def programs(self) -> QuerySet[Program]:
        return Program.objects.filter(org=self.org)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            # Before anything is looked for: there is no such call, whatever its path names.
            raise MethodNotAllowed(str(request.method))
        self.points = self._points_of_header() if request.user and self.reads_point else []
        if "account_id" in self.kwargs:
            self.account_id, self.default_point = self._addressed(self.kwargs["account_id"])
            # The same dictionary from which the method gets its arguments.
            self.kwargs["account_id"] = self.account_id

    def program_named(self, code: str) -> Program:
        """The named program, or that of the interaction point, or the organisation's only one."""
        of_points = [point.program for point in self.points if code in ("", point.program.code)]
        if self.points and not of_points:
            raise interaction_point_unknown()
        found = of_points or list(self.programs().filter(code=code)[:1] if code else self.programs()[:2])
        if len(found) != 1:
            raise LoyaltyError("PROGRAM_UNKNOWN", "Name one of the organisation's programs.")
        return found[0]

    def program_at(self, code: str) -> Program:
        """The program in the path. Raises NotFound for one of another organisation."""
        found = self.programs().filter(code=code).first()
        if found is None:
            raise NotFound("PROGRAM_NOT_FOUND", "There is no such program in this organisation.")
        return found

    def program_of(self, account_id: str) -> Program:
        """The program of the account in the path."""
        assert account_id == self.account_id
        assert self.default_point
        return self.default_point.program

    def point_in(self, program: Program) -> Point:
        """Where in the program the call comes from: as its header says, else from the program's default point."""
        named = next((point for point in self.points if point.program == program), None)
        if named is None and self.default_point and self.default_point.program == program:
            return self.default_point
        return named or find_point(program=program, interaction_id="")

    @property
    def interaction_id(self) -> str:
        """Of the header, else that of the default point of the account's program."""
        if self.points:
            return self.points[0].id
        return self.point_in(self.default_point.program).id if self.default_point else ""

    @property
    def id_type(self) -> str:
        return self.request.headers.get("id-type", "").strip().upper() or ID

    def _points_of_header(self) -> list[Point]:
        interaction_id = self.interaction_header
        return find_points(org=self.org, interaction_id=interaction_id) if interaction_id else []

    @property
    def interaction_header(self) -> str:
        return self.request.headers.get("interaction-id", "").strip()

    def _addressed(self, code: str) -> tuple[str, Point]:
        """Raises NotFound for an account of another organisation, and refuses a point of another program."""
        programs = [point.program for point in self.points]
        meant = programs[0] if len(programs) == 1 else None
        found = addressed_account(org=self.org, id_type=self.id_type, code=code, program=meant)
        if programs and found.program not in programs:
            raise interaction_point_unknown()
        return found.account_id, found.default_point


def validated(serializer: Serializer[Any], program: Program | None = None) -> dict[str, Any]:
    """Reads times without an offset in the program's time zone. Raises DRF's ValidationError."""
    with timezone.override(program.timezone if program else "UTC"):
        serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def created(request: Request, view_name: str, *ids: str, body: Json = None) -> Response:
    """201 with the address of the new object."""
    path = _path_of(view_name, len(ids)).format(*(quote(each, safe=_PLAIN_IN_PATHS) for each in ids))
    base = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return Response(body, status=201, headers={"Location": f"{base}{path}"})


@cache
def _path_of(view_name: str, ids: int) -> str:
    """The path of a view, with {} where its ids stand. Django would look for it anew each time."""
    marks = [f"-{number}-" for number in range(ids)]
    path = reverse(f"loyalty:{view_name}", args=marks)
    for mark in marks:
        path = path.replace(mark, "{}")
    return path
