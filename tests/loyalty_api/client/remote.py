"""A program's remote platform in tests: which session reaches it, and what the process remembers of it."""

import threading

from django.conf import settings

from integrations.outbound.sessions import GuardedSession
from loyalty_api.client.http import bounded, platform, profiles
from loyalty_api.client.http.client import HttpClient
from loyalty_api.client.http.tokens import TOKENS
from loyalty_api.client.models import LoyaltyPlatform

SESSION = "tests.loyalty_api.client.remote.session"
_local = threading.local()


def session():
    """The product's own, made anew when a test allows another address."""
    if getattr(_local, "allowed", None) != settings.OUTBOUND_ALLOW:
        _local.allowed, _local.session = settings.OUTBOUND_ALLOW, GuardedSession()
    return _local.session


def forget_everything():
    TOKENS.clear()
    bounded.forget_bulkheads()
    for remembered in (platform.ACCOUNTS, platform.LEVELS, platform.SHUT_COUPONS, profiles.WITHOUT_DETAILS):
        remembered.clear()


def allow(settings, url):
    forget_everything()
    settings.LOYALTY_HTTP_SESSION = SESSION
    settings.OUTBOUND_ALLOW = frozenset({url.removeprefix("http://").partition("/")[0]})


def platform_row(program, url, **changes):
    fields = {"kind": "remote", "url": url, "org": program.org, "user_name": "bot", "password": "pass-word-1"}
    return LoyaltyPlatform(program=program, **fields | changes)


def client_of(program, url, budget_seconds=None, **changes):
    return HttpClient(program, platform_row(program, url, **changes), budget_seconds=budget_seconds)
