"""The ground that all doors share: key, scope, size, envelope, call log."""

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import Error as DatabaseError
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.calls.buffering import record_soon
from integrations.calls.models import Direction
from integrations.calls.recording import Call, record_call
from integrations.inbound.errors import DATABASE_AWAY, INTERNAL, UNAUTHORIZED, DoorError, Problem, problem_of
from integrations.inbound.parsing import BoundedJSONParser
from integrations.keys.authentication import HEADER, KeyRefused, authenticate, note_use
from integrations.keys.models import ApiKey, Scope
from loyalty_api.contract import NotFound
from selfservice.middleware.database_deadline import database_deadline
from selfservice.programs.models import Program

log = logging.getLogger(__name__)

# Connected Content is answered or given up within 1.5 seconds.
DATABASE_SECONDS = 1.2


class AlwaysJSON(BaseContentNegotiation):
    """Answers JSON whatever a caller's library asks for by habit."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Door(APIView):
    """One address under /v1/programs/CODE/. Subclasses name the integration (`kind`), the `endpoint` as the call log
    calls it and the `scope` that a key needs. The key is checked before the body is read."""

    kind: ClassVar[str]
    endpoint: ClassVar[str]
    scope: ClassVar[Scope]
    max_body_bytes: ClassVar[int] = 1024 * 1024
    parser_classes = [BoundedJSONParser]
    content_negotiation_class = AlwaysJSON

    key: ApiKey | None = None
    request_id: str
    started_at: datetime
    raw_body: bytes = b""
    is_database_away: bool = False

    @property
    def program(self) -> Program:
        assert self.key is not None
        return self.key.program

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.started_at = timezone.now()
        self.request_id = str(uuid.uuid4())
        self.key = authenticate(
            raw=request.headers.get(HEADER, ""),
            program_code=str(kwargs["program"]),
            address=request.META.get("REMOTE_ADDR", ""),
            now=self.started_at,
        )
        note_use(key=self.key, now=self.started_at)
        if self.scope not in self.key.scopes:
            raise DoorError(403, "forbidden", f"This key may not do that: it lacks the scope “{self.scope}”.")
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            raise DoorError(411, "length_required", "Send the header Content-Length; chunked bodies are not read here.")
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.max_body_bytes:
            raise DoorError(413, "too_large", f"The body is larger than {self.max_body_bytes // 1024} KiB.")
        _require_storable(kwargs)
        super().initial(request, *args, **kwargs)
        # DRF reads the stream; the copy is for the call log.
        self.raw_body = request._request.body

    def handle_exception(self, exc: Exception) -> Response:
        problem = UNAUTHORIZED if isinstance(exc, KeyRefused) else problem_of(exc)
        if problem is None:
            log.error("door %s failed request=%s", self.endpoint, self.request_id, exc_info=exc)
            problem = INTERNAL
        self.is_database_away = problem is DATABASE_AWAY
        return self.answer_problem(problem)

    def answer_problem(self, problem: Problem) -> Response:
        return problem.response(self.request_id)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Request-Id"] = self.request_id
        response["Content-Security-Policy"] = "default-src 'none'"
        response.add_post_render_callback(lambda rendered: self._record(request, rendered, kwargs))
        return response

    def log_call(self, call: Call) -> None:
        record_call(call)

    def _record(self, request: Request, response: Any, kwargs: dict[str, Any]) -> None:
        """Adds the call to the log. The caller gets the answer also when the log cannot be written."""
        if self.is_database_away and connection.connection is None:
            return  # another vain attempt to connect would cost the caller another second
        try:
            program_id = self.key.program_id if self.key else _program_id(kwargs["program"])
            if program_id is not None:
                self.log_call(self._call(request, response, program_id, kwargs))
        except DatabaseError as error:
            log.warning("call not logged request=%s: %s", self.request_id, type(error).__name__)

    def _call(self, request: Request, response: Any, program_id: int, kwargs: dict[str, Any]) -> Call:
        body = response.data if isinstance(response.data, dict) else {}
        return Call(
            program_id=program_id,
            kind=self.kind,
            direction=Direction.IN,
            method=str(request.method),
            path=request.get_full_path(),
            endpoint=self.endpoint,
            status=response.status_code,
            started_at=self.started_at,
            request_id=self.request_id,
            key_prefix=self.key.prefix if self.key else "",
            account_id=str(kwargs.get("account_id") or _account_in(request, self.raw_body)),
            error=str(body.get("error") or ""),
            request_body=self.raw_body,
            response_body=response.content,
        )


class ContentDoor(Door):
    """Connected Content: always 200 on an expected failure, so that a template can branch on `error`.

    `?on_error=503` turns `internal_error` into a 503, so that Braze's `:retry` works.
    https://www.braze.com/docs/user_guide/personalization_and_dynamic_content/connected_content/
    """

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with database_deadline(seconds=DATABASE_SECONDS):
            return super().dispatch(request, *args, **kwargs)

    def log_call(self, call: Call) -> None:
        # A read changes nothing that the log would have to prove, so nobody waits for its line.
        record_soon(call)

    def answer_problem(self, problem: Problem) -> Response:
        if problem.status in {401, 403, 405}:
            return super().answer_problem(problem)
        if problem.error == "account_not_found":
            return Response({"error": "member_not_found"})
        if problem.error == "validation_failed":
            # The message is for whoever writes the template and looks at its preview.
            return Response({"error": problem.error, "message": problem.message})
        if self.request.query_params.get("on_error") == "503":
            return Response({"error": "internal_error"}, status=503, headers={"Retry-After": "5"})
        return Response({"error": "internal_error"})


class UnknownDoor(APIView):
    """Every other address below a program: an answer that a program can read, and no redirect."""

    def dispatch(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        hint = " Remove the slash at the end." if request.path.endswith("/") else ""
        if "//" in request.path:
            hint = " An id in it is empty. If it comes from Liquid, it was rendered as nothing."
        body = {"error": "not_found", "message": f"There is nothing at this address.{hint}"}
        return JsonResponse(body, status=404)


def _require_storable(kwargs: Mapping[str, Any]) -> None:
    """PostgreSQL's texts hold no U+0000, so no id does: such a one is as unknown as any other that is wrong."""
    for name, value in kwargs.items():
        if "\x00" in str(value):
            symbol = "COUPON_NOT_FOUND" if name == "coupon_id" else "ACCOUNT_NOT_FOUND"
            raise NotFound(symbol, "There is nothing with this id in this program.")


def _program_id(code: str) -> int | None:
    if "\x00" in code:
        return None
    return Program.objects.filter(code=code).values_list("pk", flat=True).first()


def _account_in(request: Request, raw_body: bytes) -> str:
    """The member that a body speaks of; only a body that was read already is looked at."""
    data = getattr(request, "_full_data", None) if raw_body else None
    return str(data.get("account_id") or "") if isinstance(data, dict) else ""
