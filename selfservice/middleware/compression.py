"""Sends pages, tables and texts of the style compressed.

An attacker who can put words of his own into a page beside a secret, and see how long it becomes, could guess that
secret. So each compressed answer carries a random number of bytes more, and the tokens of forms differ in each answer.
What other systems are answered is small, and stays as it is.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from selfservice.middleware.pages import CALL_PATHS

_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
_OK = 200


class CompressionMiddleware:
    """Stands before the one that serves static files. Those that lie there compressed go out as they lie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._gzip = GZipMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The mark of a compressed file is that of the plain one, and says that it is only as good as it.
        if known := request.META.get("HTTP_IF_NONE_MATCH", ""):
            request.META["HTTP_IF_NONE_MATCH"] = known.removeprefix("W/")
        response = self.get_response(request)
        is_text = response.headers.get("Content-Type", "").startswith(_TEXTS)
        if response.status_code != _OK or not is_text or request.path_info.startswith(CALL_PATHS):
            return response
        answer: HttpResponseBase = self._gzip.process_response(request, response)
        return answer
