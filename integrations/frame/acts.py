"""Addresses that only act. To look at there is nothing, so whoever comes back to one gets the page it belongs to: after
signing in anew, after changing the language, or by the browser's history."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from integrations.frame.places import place_or_404

_View = Callable[..., HttpResponseBase]


def posted_from(page: str, *parts: str) -> Callable[[_View], _View]:
    """Takes POST; leads whoever looks to `page`, a view's name, whose address has `parts` besides code and kind."""

    def decorated(view: _View) -> _View:
        @wraps(view)
        def posted(request: HttpRequest, code: str, kind: str, **named: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, code, kind, **named)
            place_or_404(request, code, kind)
            names = {"code": code, "kind": kind} | {part: named[part] for part in parts}
            return HttpResponseRedirect(reverse(page, kwargs=names))

        return require_http_methods(["GET", "HEAD", "POST"])(posted)

    return decorated
