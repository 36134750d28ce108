"""Addresses of pages that may not be installed."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def link_to(view: str, *, code: str, kind: str, **query: str) -> str:
    """The address of a page of one integration, with a query; empty where there is no such page."""
    try:
        address = reverse(view, kwargs={"code": code, "kind": kind})
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address
