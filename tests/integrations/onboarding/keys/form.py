"""The form for keys, what it shows, and whether a key works."""

import re

from django.utils import timezone

from integrations.keys.authentication import KeyRefused, authenticate
from integrations.keys.models import DEFAULT_SCOPES

KEYS = "/programs/club/integrations/braze/keys"
RAW = re.compile(r"cvc_[A-Za-z0-9_-]{48}")


def once_of(page):
    return re.search(r'name="once" value="(\w+)"', page)[1]


def fields(**changes):
    return {"name": "Canvas webhooks", "scopes": DEFAULT_SCOPES, "once": "sent-once"} | changes


def accepted(raw):
    try:
        return authenticate(raw=raw, program_code="club", address="127.0.0.1", now=timezone.now())
    except KeyRefused:
        return None
