"""Every refusal in the platform's form: status, code, message, detail and the fields at fault."""

import logging
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

from loyalty_api.contract import Conflict, LoyaltyError, NotFound

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an error of ours go on as what it is, a 500."""
    set_rollback()
    match error:
        case NotFound():
            return refusal(404, error.code, error.message)
        case Conflict():
            return refusal(409, error.code, error.message, detail=error.detail)
        case LoyaltyError():
            return refusal(400, error.code, error.message, detail=error.detail)
        case OperationalError() | InterfaceError():
            logger.error("the database is away: %s", type(error).__name__)
            answer = refusal(503, "SERVICE_UNAVAILABLE", "The database does not answer. Try again in a moment.")
            answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return answer
        case DataError():
            return refusal(400, "VALIDATION_FAILED", "The request holds a value that cannot be stored.")
        case ValidationError():
            return refusal(400, "VALIDATION_FAILED", "The request is not valid.", fields=_fields(error.detail))
        case Http404():
            return refusal(404, "NOT_FOUND", "There is nothing at this address.")
        case APIException():
            return _plain(error)
    return None


def refusal(
    status: int,
    code: str,
    message: str,
    *,
    detail: tuple[str, ...] = (),
    fields: list[dict[str, str]] | None = None,
) -> Response:
    body = {"status": status, "code": code, "message": message, "detail": list(detail), "error": fields or []}
    return Response(body, status=status)


def _plain(error: APIException) -> Response:
    codes = error.get_codes()
    code = codes.upper() if isinstance(codes, str) else "ERROR"
    answer = refusal(error.status_code, code, str(error.detail))
    # Set by DRF on the errors of authentication; it makes a 401 out of what would be a 403.
    header = getattr(error, "auth_header", None)
    if header:
        answer["WWW-Authenticate"] = header
    return answer


def _fields(detail: Any, path: str = "") -> list[dict[str, str]]:
    """The serializer's tree of messages as a list, a nested field as `optins.0.type`."""
    if isinstance(detail, dict):
        items = [(key, value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(value, dict | list) for value in detail):
        items = [(str(place), value) for place, value in enumerate(detail) if value]
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return [{"field": path, "message": str(text)} for text in texts]
    return [entry for key, value in items for entry in _fields(value, f"{path}.{key}".strip("."))]
