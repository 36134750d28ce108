"""Keeps what a person or a program was told out of every cache, unless the view says otherwise."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class PrivateAnswerMiddleware:
    """Stands below the one that serves static files, which may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
