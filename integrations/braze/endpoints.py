"""Which address a person means when naming Braze's endpoint, and which ones are none."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Any cluster, today's and tomorrow's: https://www.braze.com/docs/api/basics#endpoints
_REST_HOST = re.compile(r"rest\.[a-z0-9-]{1,63}\.braze\.(com|eu)\Z")
_DASHBOARD_HOST = re.compile(r"dashboard-0(\d)\.braze\.(com|eu)\Z")
_NEW_DASHBOARD_HOST = re.compile(r"dashboard\.([a-z]+-\d+)\.braze\.com\Z")
_NO_ENDPOINT = _("This is no REST endpoint of Braze. Example: https://rest.iad-01.braze.com.")


def rest_endpoint(text: str, *, allowed: frozenset[str]) -> str:
    """The REST address that a text means: a dashboard's address is translated, path and slash are dropped.

    Raises ValidationError with a sentence for people.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
    except ValueError:
        raise ValidationError(_NO_ENDPOINT) from None
    host = (parts.hostname or "").lower()
    if parts.netloc.lower() in allowed and parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{parts.netloc.lower()}"
    if host.startswith("sdk."):
        raise ValidationError(_("This is an SDK endpoint. Use the REST endpoint, which begins with https://rest."))
    host = _rest_host(host)
    if parts.username or not _REST_HOST.match(host) or parts.netloc.lower().partition(":")[2] not in {"", "443"}:
        raise ValidationError(_NO_ENDPOINT)
    if parts.scheme != "https":
        raise ValidationError(_("The endpoint must begin with https://, or the key would travel in the open."))
    return f"https://{host}"


def is_allowed(endpoint: str) -> bool:
    """Whether a stored endpoint would be accepted today: what was stored may have come by another way than the form."""
    try:
        return rest_endpoint(endpoint, allowed=settings.OUTBOUND_ALLOW) == endpoint
    except ValidationError:
        return False


def _rest_host(host: str) -> str:
    """Dashboards and REST hosts pair up: https://www.braze.com/docs/api/basics#endpoints"""
    if old := _DASHBOARD_HOST.match(host):
        return f"rest.{'fra' if old[2] == 'eu' else 'iad'}-0{old[1]}.braze.{old[2]}"
    if new := _NEW_DASHBOARD_HOST.match(host):
        return f"rest.{new[1]}.braze.com"
    return host
