"""Who may read the metrics: whoever has the token, and direct callers from allowed addresses. Nobody else learns that
there are any."""

import hmac
import ipaddress
from collections.abc import Mapping

from django.conf import settings

# A proxy on this machine calls from loopback too, for whoever asks it; these tell that it does.
_PROXY_HEADERS = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip", "via")


def may_read_metrics(*, address: str, headers: Mapping[str, str]) -> bool:
    """`address` is the other end of the connection itself, and `headers` have lower-case names."""
    if _has_token(headers.get("authorization", "")):
        return True
    return not any(name in headers for name in _PROXY_HEADERS) and _is_allowed(address)


def _has_token(authorization: str) -> bool:
    scheme, _space, token = authorization.partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())


def _is_allowed(address: str) -> bool:
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(client, "ipv4_mapped", None)
    return any((mapped or client) in network for network in settings.METRICS_ALLOW)
