"""The way from a page to the letter of an event that failed."""

import re

from integrations.delivery.models import DeliveryOutcome


def links(page, pattern):
    return re.findall(rf'href="([^"]*{pattern}[^"]*)"', page.text)


def letter_of(base):
    outcome = DeliveryOutcome.objects.filter(replayed_at=None).latest("pk")
    return f"{base}/dead-letters/{outcome.day:%Y%m%d}-{outcome.pk}"
