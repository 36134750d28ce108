"""Believes the client address and the https header of trusted proxies, and of nobody else."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class TrustedProxyMiddleware:
    """Sets REMOTE_ADDR to the client's address, and the scheme to what it used, when a trusted proxy says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        if _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = client_address(forwarded) or request.META["REMOTE_ADDR"]
            if scheme in {"http", "https"}:
                request.META["wsgi.url_scheme"] = scheme
                request.environ["wsgi.url_scheme"] = scheme  # type: ignore[attr-defined]
        return self.get_response(request)


def client_address(forwarded: str) -> str:
    """The last address of X-Forwarded-For that is no proxy of ours: whatever stands before it may be made up."""
    for text in reversed([part.strip() for part in forwarded.split(",")]):
        if _read(text) is None:
            return ""
        if not _is_trusted(text):
            return text
    return ""


def _is_trusted(text: str) -> bool:
    address = _read(text)
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


@lru_cache(maxsize=256)
def _read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Remembered: most calls come from one of a few proxies."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
