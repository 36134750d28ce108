"""Refuses a call to the doors with a wrong Host in the doors' own form; Django would answer with a page."""

import uuid
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase, JsonResponse

DOORS = "/v1/"
MESSAGE = "The header Host names no address of this installation. Check the address, and ALLOWED_HOSTS."


class HostMiddleware:
    """Stands before everything that asks for the host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(DOORS):
            try:
                request.get_host()
            except DisallowedHost:
                return _refused()
        return self.get_response(request)


def _refused() -> HttpResponseBase:
    request_id = str(uuid.uuid4())
    body = {"error": "validation_failed", "message": MESSAGE, "fields": {}, "request_id": request_id}
    return JsonResponse(body, status=400, headers={"X-Request-Id": request_id})
