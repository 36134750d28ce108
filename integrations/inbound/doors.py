"""The ground that all doors share: key, scope, size, envelope, call log."""

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from rest_framework.exceptions import MethodNotAllowed, UnsupportedMediaType
from rest_framework.views import APIView

from integrations.calls.buffering import record_refused_soon, record_soon
from integrations.calls.models import Direction
from integrations.calls.recording import Call, record_call
from integrations.delivery.streaming import CONNECTIONS_ALONG, remember_connections
from integrations.inbound import limits
from integrations.inbound.answers import Answer
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
from integrations.inbound.parsing import read_json, require_readable
from integrations.inbound.turns import give_connection_back
from integrations.keys.authentication import META_KEY, KeyRefused, admit
from integrations.keys.last_use import note_use
from integrations.keys.models import ApiKey, Scope
from loyalty_api.contract import NotFound
from selfservice.apidocs.operation import Operation
from selfservice.database.rows import Along
from selfservice.middleware.admission import join_lane, resting
from selfservice.programs.models import Program

log = logging.getLogger(__name__)


class Door(APIView):
    """One address under /v1/programs/CODE/. Subclasses name the integration (`kind`), the `endpoint` as the call log
    calls it and the `scope` that a key needs. The key is checked before the body is read.

    A view of the framework only as far as its description is made of that. What becomes of a call stands in `dispatch`,
    because callers wait for what the framework would do besides: it chooses among parsers, renderers, versions and
    kinds of callers, and a door has one of each.
    """

    kind: ClassVar[str]
    endpoint: ClassVar[str]
    scope: ClassVar[Scope]
    max_body_bytes: ClassVar[int] = 1024 * 1024
    # Whether a template waits for the answer, which needs one that it can branch on.
    is_read_by_messages: ClassVar[bool] = False
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
    # What the body says, once it has been read.
    said: Any = None

    @property
    def program(self) -> Program:
        assert self.key is not None
        return self.key.program

    def dispatch(self, request: Any, *_args: Any, **place: Any) -> Any:
        """`place` is what the address names."""
        try:
            self.let_in(request, place)
            method = str(request.method).lower()
            act: Callable[..., Answer] | None = (
                getattr(self, method, None) if method in self.http_method_names else None
            )
            if act is None:
                raise MethodNotAllowed(str(request.method))
            answer = act(request, **place)
        except Exception as error:
            answer = self.refuse(error)
        answer = self.finish(answer)
        self._record(answer)
        return answer

    def let_in(self, request: HttpRequest, place: Mapping[str, Any]) -> None:
        """All that is checked before the call's own work. Raises what `refuse` makes an answer of."""
        self.started_at = timezone.now()
        self.request_id = str(uuid.uuid4())
        raw_key = request.META.get(META_KEY, "")
        admitted = admit(
            raw=raw_key,
            program_code=str(place["program"]),
            address=request.META.get("REMOTE_ADDR", ""),
            now=self.started_at,
            along=self.goes_along(place),
        )
        self.key = admitted.key
        self.take_along(admitted.along)
        limits.note_valid(raw_key=raw_key, program_code=self.program.code)
        join_lane(request.META, self.program.code)
        self._require_room(raw_key)
        if self.scope not in self.key.scopes:
            raise DoorError(403, "forbidden", f"This key may not do that: it lacks the scope “{self.scope}”.")
        require_readable(request.META, max_bytes=self.max_body_bytes)
        _require_storable(place)
        # A body that takes its time, or never comes, holds no slot.
        if request.META.get("CONTENT_LENGTH") not in {None, "", "0"}:
            give_connection_back()
            with resting(request.META, is_next=True):
                self.raw_body = request.body

    def read_body(self) -> Any:
        """What the body says; one that is empty says nothing. Raises APIException."""
        if self.raw_body:
            if self.request.content_type != "application/json":
                raise UnsupportedMediaType(str(self.request.content_type))
            self.said = read_json(self.raw_body)
        else:
            self.said = {}
        return self.said

    def goes_along(self, place: Mapping[str, Any]) -> Along:
        """What is read by the statement that looks the key up: which connections of the program an event is for."""
        return CONNECTIONS_ALONG

    def take_along(self, found: tuple[Any, ...]) -> None:
        """What was read so."""
        remember_connections(self.program, *found)

    def _require_room(self, raw_key: str) -> None:
        assert self.key is not None
        taken = limits.take_call(key=self.key)
        if not taken.is_granted:
            limits.close(raw_key=raw_key, program_code=self.program.code, seconds=taken.wait_seconds)
            raise DoorError.of(OVER_THE_LIMIT)

    def refuse(self, error: Exception) -> Answer:
        if isinstance(error, KeyRefused):
            limits.note_refused(raw_key=self.request.META.get(META_KEY, ""), program_code=self.kwargs["program"])
        problem = UNAUTHORIZED if isinstance(error, KeyRefused) else problem_of(error)
        if problem is None:
            log.error("door %s failed request=%s", self.endpoint, self.request_id, exc_info=error)
            problem = INTERNAL
        self.is_database_away = problem is DATABASE_AWAY
        return self.answer_problem(problem)

    def answer_problem(self, problem: Problem) -> Answer:
        answer = problem.answer(self.request_id)
        if problem.status == 405:
            answer["Allow"] = ", ".join(self.allowed_methods)
        return answer

    def answer_spared(self) -> Answer:
        """What is said where one more failure would make Braze give up on this host."""
        return BREAKER_SPARED.answer(self.request_id)

    def finish(self, answer: Answer) -> Answer:
        if not limits.may_answer(status=answer.status_code, host=self.request.META.get("HTTP_HOST", "")):
            answer = self.answer_spared()
            # Not one of the errors that Django writes a line for; what went wrong was said where it did.
            answer._has_been_logged = True  # type: ignore[attr-defined]
        answer["Cache-Control"] = "no-store, private"
        answer["X-Request-Id"] = self.request_id
        answer["Content-Security-Policy"] = "default-src 'none'"
        return answer

    def log_call(self, call: Call) -> None:
        if not self.is_logged:
            record_call(call)

    def log_inside(self, answer: Answer) -> None:
        """Logs the call with its final answer in the caller's transaction, who sets `is_logged` after it."""
        record_call(self.call_of(answer))

    def _record(self, answer: Answer) -> None:
        """Adds the call to the log. The caller gets the answer also when the log cannot be written."""
        if self.is_database_away and connection.connection is None:
            return  # another vain attempt to connect would cost the caller another second
        call = self.call_of(answer)
        try:
            if self.key is None:
                record_refused_soon(call, program_code=str(self.kwargs["program"]))
                return
            campaign = self._text_in_body("braze_campaign_id")
            note_use(key=self.key, endpoint=self.endpoint, campaign=campaign, now=self.started_at)
            if call.status == OVER_THE_LIMIT.status:
                record_soon(call)
            else:
                self.log_call(call)
        except DatabaseError as error:
            log.warning("call not logged request=%s: %s", self.request_id, type(error).__name__)

    def call_of(self, answer: Answer) -> Call:
        """The call's line for the log."""
        said = answer.data if isinstance(answer.data, dict) else {}
        return Call(
            program_id=self.key.program_id if self.key else 0,
            kind=self.kind,
            direction=Direction.IN,
            method=str(self.request.method),
            path=self.request.get_full_path(),
            endpoint=self.endpoint,
            status=answer.status_code,
            started_at=self.started_at,
            request_id=self.request_id,
            key_prefix=self.key.prefix if self.key else "",
            account_id=str(self.kwargs.get("account_id") or self._text_in_body("account_id")),
            error=str(said.get("error") or ""),
            request_body=self.raw_body,
            response_body=answer.content,
        )

    def _text_in_body(self, name: str) -> str:
        """Only a body that was read already is looked at."""
        value = self.said.get(name) if isinstance(self.said, dict) else None
        return value if isinstance(value, str) else ""


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


def _require_storable(kwargs: Mapping[str, Any]) -> None:
    """PostgreSQL's texts hold no U+0000, so no id does: such a one is as unknown as any other that is wrong."""
    for name, value in kwargs.items():
        if "\x00" in str(value):
            symbol = "COUPON_NOT_FOUND" if name == "coupon_id" else "ACCOUNT_NOT_FOUND"
            raise NotFound(symbol, "There is nothing with this id in this program.")
