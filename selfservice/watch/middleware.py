"""The outermost layer of the web process: answers monitoring, and writes one line and one duration for each call."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from selfservice.watch.durations import observe_request

log = logging.getLogger("selfservice.requests")

MONITORING = ("/health/", "/metrics")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_UNKNOWN = "(unknown)"
_STATIC = "/static/"
# What a program's doors answer stands in the log of calls; a line of its own is for what went wrong or took long.
_DOORS = "/v1/programs/"
_LONG_SECONDS = 1.0


class WatchMiddleware:
    """Stands before everything else: a probe knows this machine's address and not the public host name, and the
    addresses that metrics are allowed to are those of the connection, whatever a header says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(MONITORING):
            return self._answer_probe(request)
        started = time.perf_counter()
        response = self.get_response(request)
        if not request.path_info.startswith(_STATIC):
            _note(request, response, time.perf_counter() - started)
        return response

    def _answer_probe(self, request: HttpRequest) -> HttpResponseBase:
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return answer


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """The route stands for the address: what a caller puts into it may be a secret, and is no label."""
    method = request.method if request.method in _METHODS else _UNKNOWN
    match = request.resolver_match
    route = match.route if match else _UNKNOWN
    program = str(match.kwargs.get("program") or match.kwargs.get("code") or "") if match else ""
    observe_request(method=str(method), route=route, status=response.status_code, seconds=seconds)
    is_known = request.path_info.startswith(_DOORS) and response.status_code < 400 and seconds < _LONG_SECONDS
    log.log(
        logging.DEBUG if is_known else logging.INFO,
        "call method=%s route=%s program=%s status=%d ms=%d request=%s",
        *(method, route, program[:64], response.status_code, round(seconds * 1000)),
        response.get("X-Request-Id", ""),
    )
