"""A page that refreshes a part of itself after its person was signed out leads to the sign-in as a whole.

Otherwise the sign-in page would stand in the place of the part, and lead to the part's address.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class SignedOutMiddleware:
    """Stands behind the one that knows who asks by htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        asker = HtmxDetails(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        is_sent_away = isinstance(response, HttpResponseRedirect) and response.url.partition("?")[0] == sign_in
        if not asker or not is_sent_away:
            return response
        # None where the page is of another host.
        page = asker.current_url_abs_path
        query = f"?{urlencode({REDIRECT_FIELD_NAME: page})}" if page else ""
        return HttpResponseClientRedirect(sign_in + query)
