"""What only pages need. A call that brings a token or a key has no session, no form and no language of its own; nor has
what is the same for everybody, which caches may share only if it depends on none of these."""

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponseBase

CALL_PATHS = ("/loyalty/", "/v1/")
SHARED_PATHS = ("/images/",)
CALL_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_X_CONVERCUS_KEY")
_View = Callable[[HttpRequest], HttpResponseBase]
# Django builds the chain from its end, so what comes last is known to what stands before it.
_ends: list[_View] = []


def is_call(request: HttpRequest) -> bool:
    return request.path_info.startswith(CALL_PATHS) and any(name in request.META for name in CALL_HEADERS)


class PagesBegin:
    """Stands before the layers of pages: a call goes past all of them to what stands behind `PagesEnd`."""

    def __init__(self, get_response: _View) -> None:
        self.get_response = get_response
        self.answer_call = _ends.pop()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_no_page = request.path_info.startswith(SHARED_PATHS) or is_call(request)
        return self.answer_call(request) if is_no_page else self.get_response(request)


class PagesEnd:
    """Stands behind the layers of pages. One stands behind each `PagesBegin`."""

    def __init__(self, get_response: _View) -> None:
        self.get_response = get_response
        _ends.append(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)


class PageContentPolicy(CSPMiddleware):
    """What a call is answered with is shown by nobody, so it may load nothing."""

    def __call__(self, request: HttpRequest) -> Any:
        if not is_call(request):
            return super().__call__(request)
        response: Any = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
        return response
