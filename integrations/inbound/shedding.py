"""What a request is told that is turned away before it is looked at, and which ones are in vain anyway."""

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from integrations.inbound import limits
from integrations.inbound.doors import Door
from integrations.inbound.errors import BREAKER_SPARED, OVER_THE_LIMIT, RETRY_AFTER_SECONDS, Problem
from integrations.keys.authentication import META_KEY
from selfservice.middleware.admission import DOORS, STRANGERS, Environ, program_code_in
from selfservice.watch.durations import observe_request

log = logging.getLogger(__name__)

TILLS = "/loyalty/"
# So often a line says how many were turned away.
SAID_EVERY_SECONDS = 10.0

_said_lock = Lock()
_unsaid = 0
_said_at = float("-inf")


def is_in_vain(environ: Environ) -> bool:
    """Whether the call's key got nothing a moment ago, which will not have changed."""
    raw_key, program_code = environ.get(META_KEY), program_code_in(environ)
    return bool(raw_key and program_code) and limits.is_closed(raw_key=str(raw_key), program_code=program_code)


def lane_of(environ: Environ) -> str:
    """The program's for who has shown its key lately. An address can be made up, and so can a key; whoever comes with
    such has a lane with all others who do. Pages and tills share one."""
    if not str(environ.get("PATH_INFO", "")).startswith(DOORS):
        return ""
    program_code = program_code_in(environ)
    is_known = limits.was_valid(raw_key=str(environ.get(META_KEY, "")), program_code=program_code)
    return program_code if is_known else STRANGERS


def turn_away(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    path, request_id = str(environ.get("PATH_INFO", "")), str(uuid.uuid4())
    match = _match(path)
    if path.startswith(DOORS):
        status, body, headers = _door_answer(environ, match, request_id)
    else:
        status, body, headers = _other_answer(environ, path)
    _note(str(environ.get("REQUEST_METHOD", "")), match, status)
    start_response(
        f"{status} {HTTPStatus(status).phrase}",
        [
            *headers.items(),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store, private"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Request-Id", request_id),
        ],
    )
    return [body]


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _door_answer(environ: Environ, match: ResolverMatch | None, request_id: str) -> tuple[int, bytes, dict[str, str]]:
    problem = OVER_THE_LIMIT
    door = getattr(match.func, "view_class", None) if match else None
    if door is not None and issubclass(door, Door) and door.is_read_by_messages:
        if parse_qs(str(environ.get("QUERY_STRING", ""))).get("on_error") != ["503"]:
            return 200, b'{"error":"internal_error"}', _JSON
        problem = Problem(503, "internal_error", "", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    if not limits.may_answer(status=problem.status, host=str(environ.get("HTTP_HOST", ""))):
        problem = BREAKER_SPARED
    return problem.status, json.dumps(problem.body(request_id)).encode(), {**_JSON, **problem.headers}


def _other_answer(environ: Environ, path: str) -> tuple[int, bytes, dict[str, str]]:
    """Pages and tills. Braze calls neither."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    # No request has begun, so that the thread still has the language of some other one.
    with override(_language_of(environ)):
        text = _("Too much is going on at the moment. Please try again in a few seconds.")
    if path.startswith(TILLS):
        refusal = {"status": 503, "code": "SERVICE_UNAVAILABLE", "message": text, "detail": [], "error": []}
        return 503, json.dumps(refusal).encode(), {**_JSON, **headers}
    return 503, text.encode(), {"Content-Type": "text/plain; charset=utf-8", **headers}


def _language_of(environ: Environ) -> str:
    for code, _weight in parse_accept_lang_header(str(environ.get("HTTP_ACCEPT_LANGUAGE", ""))):
        with suppress(LookupError):
            return get_supported_language_variant(code)
    return settings.LANGUAGE_CODE


def _note(method: str, match: ResolverMatch | None, status: int) -> None:
    """Counted like any other answer, and said in one line for many."""
    global _unsaid, _said_at
    observe_request(method=method[:8], route=match.route if match else "(unknown)", status=status, seconds=0.0)
    with _said_lock:
        _unsaid += 1
        if time.monotonic() - _said_at < SAID_EVERY_SECONDS:
            return
        count, _unsaid, _said_at = _unsaid, 0, time.monotonic()
    log.warning("calls turned away unread: %d since the last such line", count)


_JSON = {"Content-Type": "application/json"}
