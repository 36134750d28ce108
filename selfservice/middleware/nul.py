"""Answers a page's address that holds a NUL with 400: PostgreSQL has none in a text, so no filter could ask for it.

The interfaces for other systems answer for themselves, each in its own form.
"""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

from selfservice.middleware.pages import CALL_PATHS


class NulMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"
        if not request.path_info.startswith(CALL_PATHS) and ("\0" in asked or "%00" in asked):
            raise BadRequest("An address holds no NUL.")
        return self.get_response(request)
