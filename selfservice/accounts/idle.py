"""Signs a person out who has not opened a page for a working day.

A page that refreshes a part of itself is not a person: only whole pages keep somebody signed in. So that not each of
them writes, the time is noted once in a while, in the session and with the person.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from selfservice.accounts.models import User
from selfservice.accounts.session_store import ADDRESS, BEGUN, BROWSER, SEEN
from selfservice.middleware.database_away import database_away_page

NOTED_EVERY_SECONDS = 300


def note_sign_in(request: HttpRequest, **_signal: object) -> None:
    request.session[BEGUN] = int(time.time())
    request.session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")
    _note_page(request)


def _note_page(request: HttpRequest) -> None:
    request.session[SEEN] = int(time.time())
    request.session[ADDRESS] = request.META.get("REMOTE_ADDR") or None
    User.objects.filter(pk=request.session[SESSION_KEY]).update(seen_at=timezone.now())


class IdleMiddleware:
    """Stands behind the one that knows who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _look_at_session(request)
        except (OperationalError, InterfaceError):
            # Nobody else asks for the session before the views, and what is raised here reaches no other layer.
            return database_away_page()
        return self.get_response(request)


def _look_at_session(request: HttpRequest) -> None:
    seen = request.session.get(SEEN)
    if seen is not None:
        idle = time.time() - seen
        if idle > settings.SESSION_COOKIE_AGE:
            request.session.flush()
        elif idle > NOTED_EVERY_SECONDS and "HX-Request" not in request.headers:
            _note_page(request)
