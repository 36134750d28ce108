"""Says so when a form was sent by somebody whose session had ended: all that follows is the way in, and then the page
as it was."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url

# The way in has this in its address.
LOST = "lost"


class LostFormMiddleware:
    """Marks the way in. Stands behind the one that knows who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and isinstance(response, HttpResponse):
            where = urlsplit(response.headers.get("Location", ""))
            query = QueryDict(where.query, mutable=True)
            if where.path == resolve_url(settings.LOGIN_URL) and "next" in query:
                query[LOST] = "1"
                response.headers["Location"] = where._replace(query=query.urlencode(safe="/")).geturl()
        return response
