"""The ground of all views: who calls, for which program, where things are, and pages of a list."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from loyalty_api.api.authentication import IsSignedIn, TokenAuthentication
from loyalty_api.api.errors import answer_error
from loyalty_api.contract import Json, LoyaltyError
from loyalty_api.engine.accounts import account_not_found
from loyalty_api.engine.models import Account, ApiUser
from selfservice.programs.models import Program

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
INTERACTION_ID_LENGTH = 64


class LoyaltyView(APIView):
    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (IsSignedIn,)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return answer_error

    @property
    def org(self) -> str:
        # Permissions ran before, so this cannot be anybody else.
        return cast(ApiUser, self.request.user).org

    def programs(self) -> QuerySet[Program]:
        return Program.objects.filter(org=self.org)

    def program_named(self, code: str) -> Program:
        """The named program, or the organisation's only one."""
        found = list(self.programs().filter(code=code)[:1] if code else self.programs()[:2])
        if len(found) != 1:
            raise LoyaltyError("PROGRAM_UNKNOWN", "Name one of the organisation's programs.")
        return found[0]

    def program_of(self, account_id: str) -> Program:
        """The program of an account in the path. Raises NotFound for an account of another organisation."""
        if self.request.headers.get("id-type", "ID").upper() != "ID":
            raise LoyaltyError("ID_TYPE_UNSUPPORTED", "Only the id-type ID can be used to address an account.")
        row = Account.objects.select_related("program").filter(id=account_id, program__org=self.org).first()
        if row is None:
            raise account_not_found()
        return row.program

    @property
    def interaction_id(self) -> str:
        value = self.request.headers.get("interaction-id", "").strip()
        if len(value) > INTERACTION_ID_LENGTH:
            raise LoyaltyError("INTERACTION_ID_UNKNOWN", "There is no such interaction point.")
        return value


def validated(serializer: Serializer[Any], program: Program | None = None) -> dict[str, Any]:
    """Reads times without an offset in the program's time zone. Raises DRF's ValidationError."""
    with timezone.override(program.timezone if program else "UTC"):
        serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def created(request: Request, view_name: str, *ids: str, body: Json = None) -> Response:
    """201 with the address of the new object."""
    path = reverse(f"loyalty:{view_name}", args=ids)
    base = settings.PUBLIC_URL
    address = f"{base}{path}" if base else request.build_absolute_uri(path)
    return Response(body, status=201, headers={"Location": address})


def page_of(request: Request) -> tuple[int, int]:
    """Limit and offset out of `page`, counted from 0, and `size`."""
    try:
        page = int(request.query_params.get("page", 0))
        size = int(request.query_params.get("size", DEFAULT_PAGE_SIZE))
    except ValueError:
        page = size = -1
    if page < 0 or not 1 <= size <= MAX_PAGE_SIZE:
        raise LoyaltyError("VALIDATION_FAILED", f"page counts from 0, size is from 1 to {MAX_PAGE_SIZE}.")
    return size, page * size


def listed(items: list[Json], *, total: int) -> Response:
    return Response(items, headers={"X-Total-Count": str(total)})
