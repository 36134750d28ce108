"""Whether a system on the internet can call an address of ours."""

import ipaddress
from urllib.parse import urlsplit

_HTTPS_PORT = 443
_INNER_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")


def is_public(url: str) -> bool:
    """By its looks: https at its usual port, and no name or address of an inner network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.port not in {None, _HTTPS_PORT}:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_INNER_NAMES)
