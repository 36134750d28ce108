"""Addresses of a program that only act: whoever looks at one gets the page it belongs to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from selfservice.programs.access import program_or_404

_View = Callable[..., HttpResponseBase]


def posted_in_program(page: str, *parts: str) -> Callable[[_View], _View]:
    """Takes POST; leads whoever looks to `page`, a view's name, whose address has `parts` besides the code."""

    def decorated(view: _View) -> _View:
        @wraps(view)
        def posted(request: HttpRequest, code: str, **named: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, code, **named)
            program_or_404(request, code)
            names = {"code": code} | {part: named[part] for part in parts}
            return HttpResponseRedirect(reverse(page, kwargs=names))

        return require_http_methods(["GET", "HEAD", "POST"])(posted)

    return decorated
