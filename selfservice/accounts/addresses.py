"""The address under which people reach the product, for what leaves it: links in mails."""

from django.conf import settings
from django.http import HttpRequest


def base_url_of(request: HttpRequest) -> str:
    """Without a slash at its end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
