"""Sessions for calls to other systems: one a thread, no redirects, no surprises from the environment."""

import threading
import time
from collections.abc import Iterator, Mapping
from copy import copy
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError, SSLError

from integrations.outbound.timed_answers import answer_until, timed

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 8.0
DEADLINE_SECONDS = 10.0
MAX_ANSWER_BYTES = 1024 * 1024
KEPT_PREPARED = 64
# What a request may be given with, and still be one of many that are alike.
_PREPARED_WITH = {"data", "headers", "timeout"}

_local = threading.local()


class AddressNotAllowed(requests.RequestException):
    """Plain http is for the addresses that OUTBOUND_ALLOW names only."""


class AnswerTooSlow(requests.Timeout):
    """The answer drips. To a caller it did not come in time: the request went out, and may have been taken."""


class AnswerTooLarge(requests.exceptions.ContentDecodingError):
    """The answer is larger than any that the other side has reason to give, so that it is one nobody can read."""


class _NoPlainHttp(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        raise AddressNotAllowed("Only https is allowed.", request=request)


class GuardedSession(HTTPSession):  # type: ignore[misc]  # the library has no types
    """Refuses private addresses as they are resolved; reads an answer up to MAX_ANSWER_BYTES and a deadline."""

    def __init__(self) -> None:
        super().__init__(
            Config(
                ip_filter_enable=True,
                ip_filter_allow_loopback_ips=False,
                never_redirect=True,
                default_timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
            )
        )
        self.trust_env = False
        # What one answer sets goes along with no later request.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._prepared: dict[object, requests.PreparedRequest] = {}
        self.mount("http://", _NoPlainHttp())
        for host_port in settings.OUTBOUND_ALLOW:
            self.mount(f"http://{host_port}/", HTTPAdapter())
            self.mount(f"https://{host_port}/", HTTPAdapter())
        for adapter in self.adapters.values():
            timed(adapter)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        """Of requests that differ in nothing but their bodies all else is prepared once, and goes straight out."""
        body = options.get("data")
        if args or type(body) is not bytes or any(options[name] for name in options.keys() - _PREPARED_WITH):
            answered: requests.Response = super().request(method, url, *args, **options)
            return answered
        prepared = self._with_body(method, url, options.get("headers") or {}, body)
        timeout = options.get("timeout") or self._config.default_timeout
        deadline = _deadline(timeout)
        adapter = self.get_adapter(prepared.url)
        # What the library does around this is about cookies, redirects, hooks and proxies: there are none of them.
        response = adapter.send(prepared, stream=True, timeout=timeout, verify=True, proxies={})
        return _read_whole(response, deadline)

    def _with_body(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> requests.PreparedRequest:
        alike = (method, url, *headers.items())
        if alike not in self._prepared:
            if len(self._prepared) >= KEPT_PREPARED:
                self._prepared.clear()
            self._prepared[alike] = self.prepare_request(requests.Request(method, url, headers, data=b""))
        prepared = copy(self._prepared[alike])
        prepared.headers = prepared.headers.copy()
        prepared.headers["Content-Length"] = str(len(body))
        prepared.body = body
        return prepared

    def resolve_redirects(self, *_args: Any, **_options: Any) -> Iterator[requests.Response]:
        """None. The library would read a redirecting answer whole, to know where to; none is followed anyway."""
        return iter(())

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """A caller's own time for reading bounds the whole answer, where it is shorter than the deadline."""
        deadline = _deadline(options.get("timeout"))
        return _read_whole(super().send(request, **options | {"stream": True}), deadline)


def _deadline(timeout: Any) -> float:
    """Begins with the call; what this thread reads from now on heeds it."""
    deadline = time.monotonic() + min(DEADLINE_SECONDS, _reading_seconds(timeout))
    answer_until(deadline)
    return deadline


def _read_whole(response: requests.Response, deadline: float) -> requests.Response:
    body = bytearray()
    for chunk in _as_it_comes(response, deadline):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            response.close()
            raise AnswerTooLarge("The answer was too large.", request=response.request)
        if time.monotonic() > deadline:
            response.close()
            raise AnswerTooSlow("The answer was too slow.", request=response.request)
    response._content = bytes(body)
    return response


def _reading_seconds(timeout: Any) -> float:
    seconds = timeout[1] if isinstance(timeout, tuple) else timeout
    return float(seconds) if seconds else DEADLINE_SECONDS


def _as_it_comes(response: requests.Response, deadline: float) -> Iterator[bytes]:
    """Whatever has arrived, so that an answer which drips byte by byte cannot outlast the deadline."""
    try:
        while chunk := response.raw.read1(64 * 1024, decode_content=True):
            yield chunk
        response.raw.release_conn()
    except ReadTimeoutError as error:
        if time.monotonic() >= deadline:
            raise AnswerTooSlow("The answer was too slow.", request=response.request) from None
        raise requests.ReadTimeout(error, request=response.request) from None
    except (DecodeError, ProtocolError, SSLError) as error:
        raise requests.exceptions.ChunkedEncodingError(error, request=response.request) from None


def session() -> GuardedSession:
    """This thread's session; its connections are kept open between calls."""
    if getattr(_local, "allowed", None) != settings.OUTBOUND_ALLOW:
        # A session holds what was allowed when it was made.
        _local.session, _local.allowed = GuardedSession(), settings.OUTBOUND_ALLOW
    found: GuardedSession = _local.session
    return found
