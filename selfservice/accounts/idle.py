"""Signs a person out who has not opened a page for a working day.

A page that refreshes a part of itself is not a person: only whole pages keep somebody signed in. So that not each of
them writes, the time is noted once in a while.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase

from selfservice.middleware.database_away import database_away_page

NOTED_EVERY_SECONDS = 300
_SEEN = "seen"


def note_sign_in(request: HttpRequest, **_signal: object) -> None:
    request.session[_SEEN] = int(time.time())


class IdleMiddleware:
    """Stands behind the one that knows who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            seen = request.session.get(_SEEN)
        except (OperationalError, InterfaceError):
            # Nobody else asks for the session before the views, and what is raised here reaches no other layer.
            return database_away_page()
        if seen is not None:
            idle = time.time() - seen
            if idle > settings.SESSION_COOKIE_AGE:
                request.session.flush()
            elif idle > NOTED_EVERY_SECONDS and "HX-Request" not in request.headers:
                request.session[_SEEN] = int(time.time())
        return self.get_response(request)
