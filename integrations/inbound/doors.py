"""The ground that all doors share: key, scope, size, envelope, call log."""

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import orjson
from django.db import Error as DatabaseError
from django.db import connection
from django.http import JsonResponse
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.calls.buffering import record_refused_soon, record_soon
from integrations.calls.models import Direction
from integrations.calls.recording import Call, record_call
from integrations.inbound import limits
from integrations.inbound.description import DoorSchema
from integrations.inbound.errors import (
    BREAKER_SPARED,
    DATABASE_AWAY,
    INTERNAL,
    OVER_THE_LIMIT,
    UNAUTHORIZED,
    DoorError,
    Problem,
    problem_of,
)
from integrations.inbound.parsing import BoundedJSONParser, require_readable
from integrations.keys.authentication import META_KEY, KeyRefused, authenticate
from integrations.keys.last_use import note_use
from integrations.keys.models import ApiKey, Scope
from loyalty_api.contract import NotFound
from selfservice.apidocs.operation import Operation
from selfservice.programs.models import Program

log = logging.getLogger(__name__)


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
    # Whether a template waits for the answer, which needs one that it can branch on.
    is_read_by_messages: ClassVar[bool] = False
    parser_classes = [BoundedJSONParser]
    content_negotiation_class = AlwaysJSON
    schema = DoorSchema()
    # What the description says of the door's one call.
    described: ClassVar[Operation]
    path_names: ClassVar[Mapping[str, str]] = {"program": "programId"}

    key: ApiKey | None = None
    request_id: str
    started_at: datetime
    raw_body: bytes = b""
    is_database_away: bool = False
    # Whether the call's line is in the log already, as a part of the transaction of what the call did.
    is_logged: bool = False

    @property
    def program(self) -> Program:
        assert self.key is not None
        return self.key.program

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.started_at = timezone.now()
        self.request_id = str(uuid.uuid4())
        raw_key = request.META.get(META_KEY, "")
        self.key = authenticate(
            raw=raw_key,
            program_code=str(kwargs["program"]),
            address=request.META.get("REMOTE_ADDR", ""),
            now=self.started_at,
        )
        self._require_room(raw_key)
        if self.scope not in self.key.scopes:
            raise DoorError(403, "forbidden", f"This key may not do that: it lacks the scope “{self.scope}”.")
        require_readable(request.META, max_bytes=self.max_body_bytes)
        _require_storable(kwargs)
        super().initial(request, *args, **kwargs)
        # DRF reads the stream; the copy is for the call log.
        self.raw_body = request._request.body

    def _require_room(self, raw_key: str) -> None:
        assert self.key is not None
        taken = limits.take_call(key=self.key)
        if not taken.is_granted:
            limits.close(raw_key=raw_key, program_code=self.program.code, seconds=taken.wait_seconds)
            raise DoorError.of(OVER_THE_LIMIT)

    def handle_exception(self, exc: Exception) -> Response:
        problem = UNAUTHORIZED if isinstance(exc, KeyRefused) else problem_of(exc)
        if problem is None:
            log.error("door %s failed request=%s", self.endpoint, self.request_id, exc_info=exc)
            problem = INTERNAL
        self.is_database_away = problem is DATABASE_AWAY
        return self.answer_problem(problem)

    def answer_problem(self, problem: Problem) -> Response:
        return problem.response(self.request_id)

    def answer_spared(self) -> Response:
        """What is said where one more failure would make Braze give up on this host."""
        return BREAKER_SPARED.response(self.request_id)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if not limits.may_answer(status=response.status_code, host=request.META.get("HTTP_HOST", "")):
            response = self.answer_spared()
            # Not one of the errors that Django writes a line for; what went wrong was said where it did.
            response._has_been_logged = True
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Request-Id"] = self.request_id
        response["Content-Security-Policy"] = "default-src 'none'"
        response.add_post_render_callback(lambda rendered: self._record(request, rendered, kwargs))
        return response

    def log_call(self, call: Call) -> None:
        if not self.is_logged:
            record_call(call)

    def log_inside(self, answer: Response) -> None:
        """Logs the call with its final answer in the caller's transaction, who sets `is_logged` after it."""
        render(answer, orjson.dumps(answer.data, default=str))
        record_call(self._call(self.request, answer, self.kwargs))

    def _record(self, request: Request, response: Any, kwargs: dict[str, Any]) -> None:
        """Adds the call to the log. The caller gets the answer also when the log cannot be written."""
        if self.is_database_away and connection.connection is None:
            return  # another vain attempt to connect would cost the caller another second
        call = self._call(request, response, kwargs)
        try:
            if self.key is None:
                record_refused_soon(call, program_code=str(kwargs["program"]))
                return
            note_use(key=self.key, endpoint=self.endpoint, campaign=_campaign_in(request), now=self.started_at)
            if call.status == OVER_THE_LIMIT.status:
                record_soon(call)
            else:
                self.log_call(call)
        except DatabaseError as error:
            log.warning("call not logged request=%s: %s", self.request_id, type(error).__name__)

    def _call(self, request: Request, response: Any, kwargs: dict[str, Any]) -> Call:
        body = response.data if isinstance(response.data, dict) else {}
        return Call(
            program_id=self.key.program_id if self.key else 0,
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


class UnknownDoor(APIView):
    """Every other address of the interface: an answer that a program can read, and no redirect."""

    def dispatch(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        # Below the program's own address there is something; that itself leads nowhere with or without a slash.
        is_below_program = request.path.strip("/").count("/") > 2
        hint = " Remove the slash at the end." if request.path.endswith("/") and is_below_program else ""
        if "//" in request.path:
            hint = " An id in it is empty. If it comes from Liquid, it was rendered as nothing."
        message = f"There is nothing at this address.{hint}"
        body = {"error": "not_found", "message": message, "fields": {}, "request_id": str(uuid.uuid4())}
        return JsonResponse(body, status=404, headers={"X-Request-Id": body["request_id"]})


def render(answer: Response, body: bytes) -> Response:
    """Gives the answer its body now, for who keeps or logs it before it is sent."""
    answer["Content-Type"] = "application/json"
    answer.content = body
    return answer


def _require_storable(kwargs: Mapping[str, Any]) -> None:
    """PostgreSQL's texts hold no U+0000, so no id does: such a one is as unknown as any other that is wrong."""
    for name, value in kwargs.items():
        if "\x00" in str(value):
            symbol = "COUPON_NOT_FOUND" if name == "coupon_id" else "ACCOUNT_NOT_FOUND"
            raise NotFound(symbol, "There is nothing with this id in this program.")


def _account_in(request: Request, raw_body: bytes) -> str:
    """The member that a body speaks of; only a body that was read already is looked at."""
    return _text_in(request, "account_id") if raw_body else ""


def _campaign_in(request: Request) -> str:
    return _text_in(request, "braze_campaign_id")


def _text_in(request: Request, name: str) -> str:
    data = getattr(request, "_full_data", None)
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""
