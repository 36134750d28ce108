"""The door of Connected Content: an answer in any case, and in time."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest
from django.utils import timezone

from integrations.calls.buffering import record_soon
from integrations.calls.platform_calls import platform_calls_written_soon
from integrations.calls.recording import Call
from integrations.inbound.answers import Answer
from integrations.inbound.doors import Door
from integrations.inbound.errors import Problem
from integrations.keys.authentication import HEADER, META_KEY
from integrations.keys.secret_keys import is_well_formed
from selfservice.database.rows import NOTHING, Along
from selfservice.guards.breaker import Breaker
from selfservice.middleware.admission import seconds_waited
from selfservice.middleware.database_deadline import database_deadline

# Answered or given up within 1.5 seconds: the database has so long, and so long all that is waited for together. The
# rest is for what the door does itself, and for a machine that is busy.
DATABASE_SECONDS = 0.9
CONTENT_SECONDS = 1.3

# While the database says nothing, most calls are answered at once; each that waited would hold a thread, and those
# behind it would wait longer than they may.
DATABASE = Breaker(failures=1, rest_seconds=1.0)
# A refusal that comes at once holds up nobody.
SLOW_SECONDS = 0.5


class ContentDoor(Door):
    """Connected Content: always 200 on an expected failure, so that a template can branch on `error`.

    `?on_error=503` turns `internal_error` into a 503, so that Braze's `:retry` works.
    https://www.braze.com/docs/user_guide/personalization_and_dynamic_content/connected_content/
    """

    is_read_by_messages = True
    ends_at: float

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        waited = seconds_waited(request.META)
        self.ends_at = time.monotonic() + CONTENT_SECONDS - waited
        with database_deadline(seconds=DATABASE_SECONDS - waited), platform_calls_written_soon():
            return super().dispatch(request, *args, **kwargs)

    def goes_along(self, place: Mapping[str, Any]) -> Along:
        """A read brings no event."""
        return NOTHING

    def take_along(self, found: tuple[Any, ...]) -> None:
        """Nothing."""

    @property
    def seconds_left(self) -> float:
        """For a platform elsewhere."""
        return max(0.0, self.ends_at - time.monotonic())

    def let_in(self, request: HttpRequest, place: Mapping[str, Any]) -> None:
        # A key that cannot be one is refused without the database, also while that is away.
        if DATABASE.is_open and is_well_formed(request.META.get(META_KEY, "")) and not DATABASE.allows():
            self.started_at, self.request_id = timezone.now(), str(uuid.uuid4())
            raise OperationalError("the database did not answer a moment ago")
        super().let_in(request, place)
        DATABASE.note_success()

    def refuse(self, error: Exception) -> Answer:
        answer = super().refuse(error)
        if self.is_database_away and self.seconds_left < CONTENT_SECONDS - SLOW_SECONDS:
            DATABASE.note_failure()
        return answer

    def finish(self, answer: Answer) -> Answer:
        answer = super().finish(answer)
        # For a cache that keeps what it was told not to: at least nothing goes to who has another key, or none.
        answer["Vary"] = HEADER
        return answer

    def log_call(self, call: Call) -> None:
        # A read changes nothing that the log would have to prove, so nobody waits for its line.
        record_soon(call)

    def answer_problem(self, problem: Problem) -> Answer:
        if problem.status in {401, 403, 405}:
            return super().answer_problem(problem)
        if problem.error == "account_not_found":
            return Answer({"error": "member_not_found"})
        if problem.error == "validation_failed":
            # The message is for whoever writes the template and looks at its preview.
            return Answer({"error": problem.error, "message": problem.message})
        if self.request.GET.get("on_error") == "503":
            return Answer({"error": "internal_error"}, status=503, headers={"Retry-After": "5"})
        return Answer({"error": "internal_error"})

    def answer_spared(self) -> Answer:
        return Answer({"error": "internal_error"})
