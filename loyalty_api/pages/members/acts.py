"""Addresses that only act on a member. To look at there is nothing, so whoever comes back to one gets the member's
page: after signing in anew, after changing the language, or by the browser's history."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from loyalty_api.pages.members.places import place_or_404

_View = Callable[..., HttpResponseBase]


def posted_from_member(view: _View) -> _View:
    """Takes POST, and leads whoever looks to the member's page."""

    @wraps(view)
    def posted(request: HttpRequest, code: str, account: str) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, code, account)
        return HttpResponseRedirect(place_or_404(request, code, account).address())

    return require_http_methods(["GET", "HEAD", "POST"])(posted)
