"""What every page keeps to: its weight, and the way through it by keyboard."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.browser.pages import OPEN_PAGES
from tests.browser.walking import walk
from tests.browser.world import build_world
from tests.factories.people import person, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PAGE_BYTES, SCRIPT_BYTES = 150_000, 50_000
MOST_STOPS = 500
FOCUS = """() => {
  const found = document.activeElement, style = getComputedStyle(found), box = found.getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  return {
    what: found.outerHTML.slice(0, 120), is_body: found === document.body,
    outline: parseFloat(style.outlineWidth), line: style.outlineStyle,
    // The browser itself shows which part of a date has the focus.
    is_date: /^(date|time)/.test(found.type || ''),
    is_seen: !!middle && (found.contains(middle) || middle.contains(found)),
  };
}"""


def stops(page):
    """Where the focus goes, until it has gone through the whole page. The first may lead to the content at once."""
    for _step in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["is_body"]:
            return
        yield at


def unseen(page):
    return [
        at
        for at in stops(page)
        if not at["is_date"] and (at["outline"] < 2 or at["line"] == "none" or not at["is_seen"])
    ]


def leads_past_the_navigation(page):
    page.keyboard.press("Tab")
    is_first = page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    return is_first and page.evaluate("document.activeElement.id") == "content"


class Scales:
    """What is sent for a page, compressed, with everything that it loads."""

    def __init__(self, admin):
        self._signed_in, self._nobody = (Client(headers={"accept-encoding": "gzip"}) for _ in range(2))
        sign_in(self._signed_in, admin)
        self._sent = {}

    def weigh(self, page, *, is_open):
        """The bytes of all, and of the scripts among them."""
        loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
        paths = {urlsplit(address).path for address in loaded}
        for path in paths - self._sent.keys():
            self._sent[path] = self._weight(self._signed_in, path)
        here = urlsplit(page.url)
        whole = self._weight(self._nobody if is_open else self._signed_in, f"{here.path}?{here.query}")
        scripts = sum(self._sent[path] for path in paths if path.endswith(".js"))
        return whole + sum(self._sent[path] for path in paths), scripts

    def _weight(self, client, path):
        answer = client.get(path)
        return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def test_every_page_is_light_and_goes_by_keyboard(visit, db):
    """The skip link is the first stop of each, unless the page takes one to a field at once, and every stop is seen."""
    world = build_world()
    admin = person(program=world.program)
    scales = Scales(admin)
    wrong = []

    for name, page in walk(visit, world, admin):
        whole, scripts = scales.weigh(page, is_open=name in OPEN_PAGES)
        if whole > PAGE_BYTES or scripts > SCRIPT_BYTES:
            wrong.append((name, "heavy", whole, scripts))
        begins_in_a_field = page.evaluate("document.activeElement !== document.body")
        wrong += [(name, "unseen", at) for at in unseen(page)]
        if name in OPEN_PAGES or begins_in_a_field or page.locator(".skip-link").count() == 0:
            continue
        if not leads_past_the_navigation(page):
            wrong.append((name, "skip link"))

    assert wrong == []
