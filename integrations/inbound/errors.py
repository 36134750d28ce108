"""The error envelope: what a caller is told when a call did not work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from rest_framework import exceptions

from integrations.inbound.answers import Answer
from loyalty_api.contract import LoyaltyError, NotFound, OutcomeUnknown, PlatformUnavailable
from selfservice.middleware.admission import Overloaded

RETRY_AFTER_SECONDS = 5
OUTCOME_UNKNOWN = "outcome_unknown"


class DoorError(Exception):
    """An answer other than success: `error` is a symbol, `message` says what is wrong and what to do."""

    def __init__(
        self,
        status: int,
        error: str,
        message: str,
        *,
        fields: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = Problem(status, error, message, dict(fields or {}), dict(headers or {}))

    @classmethod
    def of(cls, problem: "Problem") -> "DoorError":
        return cls(problem.status, problem.error, problem.message, fields=problem.fields, headers=problem.headers)


@dataclass(frozen=True, slots=True)
class Problem:
    """What goes into the envelope."""

    status: int
    error: str
    message: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        # 401 is the same for every cause to the byte, so it carries no id either; the header has it.
        found: dict[str, Any] = {"error": self.error, "message": self.message}
        return found if self.status == 401 else found | {"fields": self.fields, "request_id": request_id}

    def answer(self, request_id: str) -> Answer:
        return Answer(self.body(request_id), status=self.status, headers=self.headers)


UNAUTHORIZED = Problem(401, "unauthorized", "The header X-Convercus-Key is missing or its key is not valid here.")
INTERNAL = Problem(500, "internal_error", "Something went wrong on our side. The log holds the details.")
DATABASE_AWAY = Problem(
    503,
    "unavailable",
    "Our database cannot be reached at the moment. Please repeat the call.",
    headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
)

OVER_THE_LIMIT = Problem(
    429,
    "too_many_requests",
    "More calls came than this program or this key may make in a second. Nothing was changed; please repeat the call.",
    headers={"Retry-After": "1"},
)
BUSY = Problem(
    503,
    "busy",
    "Too many calls are waiting at the moment. Nothing was changed; please repeat the call.",
    headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
)
# In the place of an answer that would make Braze stop all its calls to this host for a minute. It repeats this one too.
BREAKER_SPARED = Problem(500, "temporarily_unavailable", "Too many calls failed lately. Please repeat this one later.")

# The statuses beyond the obvious that Braze's callers meet, in words of ours.
_DRF_PROBLEMS: dict[type[exceptions.APIException], tuple[int, str, str]] = {
    exceptions.UnsupportedMediaType: (
        *(400, "validation_failed"),
        "The header Content-Type must be application/json.",
    ),
    exceptions.MethodNotAllowed: (405, "method_not_allowed", "This address does not take this method."),
}


def problem_of(error: Exception) -> Problem | None:
    """The one place in which an exception becomes an answer; None for one that nobody expected."""
    match error:
        case DoorError():
            return error.problem
        case exceptions.ValidationError():
            return _validation_problem(error)
        case exceptions.APIException():
            return _drf_problem(error)
        case NotFound():
            return _not_found_problem(error)
        case LoyaltyError():
            return Problem(400, error.code, error.message)
        case PlatformUnavailable():
            return _platform_problem(error)
        case TooManyFieldsSent():
            return Problem(400, "validation_failed", "The address has too many parameters.")
        case OperationalError() | InterfaceError():
            return DATABASE_AWAY
        case Overloaded():
            return BUSY
    return None


def _validation_problem(error: exceptions.ValidationError) -> Problem:
    detail = error.detail
    if not isinstance(detail, dict):
        return Problem(400, "validation_failed", " ".join(str(text) for text in detail))
    fields = {name: _texts(value) for name, value in detail.items()}
    message = "Some fields are not valid: " + "; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())
    return Problem(400, "validation_failed", message, fields)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{key}: {text}" for key, item in value.items() for text in _texts(item)]
    return [str(text) for text in value] if isinstance(value, list) else [str(value)]


def _drf_problem(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ParseError):
        return Problem(400, "validation_failed", str(error.detail))
    for kind, (status, symbol, message) in _DRF_PROBLEMS.items():
        if isinstance(error, kind):
            return Problem(status, symbol, message)
    return Problem(error.status_code, "request_failed", str(error.detail))


def _not_found_problem(error: NotFound) -> Problem:
    """Braze repeats no 400, and an account or a coupon that does not exist will not by repeating."""
    field_name = "account_id" if error.code == "ACCOUNT_NOT_FOUND" else "coupon_id"
    return Problem(400, error.code.lower(), error.message, {field_name: [error.message]})


def _platform_problem(error: PlatformUnavailable) -> Problem:
    if isinstance(error, OutcomeUnknown):
        return Problem(
            502,
            OUTCOME_UNKNOWN,
            "It is not known whether the loyalty platform has done this, so it was not asked again.",
        )
    if error.timed_out:
        return Problem(504, "platform_timeout", "The loyalty platform did not answer in time.")
    return Problem(502, "platform_failed", "The loyalty platform failed.")
