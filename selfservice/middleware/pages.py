"""What only pages need. A call that brings a token or a key has no session, no form and no language of its own."""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.deprecation import MiddlewareMixin

CALL_PATHS = ("/loyalty/", "/v1/")
CALL_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_X_CONVERCUS_KEY")


class PagesOnly(MiddlewareMixin):
    """Mixed into a middleware, lets the calls of other systems pass by it."""

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_call(request) else super().__call__(request)


def is_call(request: HttpRequest) -> bool:
    return request.path_info.startswith(CALL_PATHS) and any(name in request.META for name in CALL_HEADERS)


class PageContentPolicy(CSPMiddleware):
    """What a call is answered with is shown by nobody, so it may load nothing."""

    def __call__(self, request: HttpRequest) -> Any:
        if not is_call(request):
            return super().__call__(request)
        response: Any = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
        return response


class PageSessions(PagesOnly, SessionMiddleware):
    pass


class PageLanguage(PagesOnly, LocaleMiddleware):
    pass


class PageForms(PagesOnly, CsrfViewMiddleware):
    pass


class PageUsers(PagesOnly, AuthenticationMiddleware):
    pass


class PageMessages(PagesOnly, MessageMiddleware):
    pass
