"""Reads pages of activity: the sentence on top, what a story tells, what a list holds."""

import re
import time

from integrations.calls.models import ApiCall


def wait_for_the_log(count):
    """What a message waits for is written to the log a little later."""
    end = time.monotonic() + 5
    while ApiCall.objects.filter(direction="in").count() < count and time.monotonic() < end:
        time.sleep(0.02)


def sentence(page):
    found = re.search(r'id="why-title">(.*?)</h2>', page.text, re.DOTALL)
    return re.sub(r"<[^>]*>", "", found[1]).strip()


def kinds(page):
    return re.findall(r'story-kind">.*?class="code"[^>]*>([^<]*)<', page.text, re.DOTALL)


def listed(page):
    return re.findall(r"members/([^\"?]*)\?event=", page.text)
