"""What only pages need. A call of another system has no session, no form and no language of its own; nor has
what is the same for everybody, which caches may share only if it depends on none of these."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from selfservice.middleware.admission import DOORS
from selfservice.middleware.database_deadline import database_deadline

TILLS = "/loyalty/"
CALL_PATHS = (TILLS, "/v1/")
SHARED_PATHS = ("/images/",)
CALL_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_X_CONVERCUS_KEY")
_View = Callable[[HttpRequest], HttpResponseBase]
# Django builds the chain from its end, so what comes last is known to what stands before it.
_ends: list[_View] = []


def is_call(request: HttpRequest) -> bool:
    """Below DOORS comes nothing else; elsewhere below CALL_PATHS stand a login and descriptions that people read."""
    path = request.path_info
    return path.startswith(DOORS) or (path.startswith(TILLS) and any(name in request.META for name in CALL_HEADERS))


class PagesBegin:
    """Stands before the layers of pages: a call goes past all of them to what stands behind `PagesEnd`.

    What those layers do for every answer is done for a call here, in one place: each layer costs a little, and
    somebody's message waits for all of them.
    """

    def __init__(self, get_response: _View) -> None:
        self.get_response = get_response
        self.answer_call = _ends.pop()
        self._headers = _headers()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_call(request) and not request.path_info.startswith(SHARED_PATHS):
            return self.get_response(request)
        if not request.path_info.startswith(DOORS):
            request.get_host()  # refuses a wrong one, as for pages; at the doors `HostMiddleware` does, in their form
        with database_deadline(seconds=settings.DATABASE_REQUEST_SECONDS):
            response = self.answer_call(request)
        headers = response.headers
        for name, value in self._headers:
            headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        if not response.streaming:
            headers.setdefault("Content-Length", str(len(response.content)))  # type: ignore[attr-defined]
        return response


def _headers() -> list[tuple[str, str]]:
    """What a call is answered with is kept by no cache and shown by nobody, so it may load nothing."""
    return [
        ("Cache-Control", "no-store, private"),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
    ]


class PagesEnd:
    """Stands behind the layers of pages. One stands behind each `PagesBegin`."""

    def __init__(self, get_response: _View) -> None:
        self.get_response = get_response
        _ends.append(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)
