"""What every page keeps to: its weight, and the way through it by keyboard."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.browser.pages import OPEN_PAGES, PAGES
from tests.browser.walking import walk
from tests.browser.world import build_world
from tests.factories.people import person, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PAGE_BYTES, SCRIPT_BYTES = 150_000, 50_000
MOST_STOPS = 80
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


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def admin(world):
    return person(program=world.program)


def test_every_page_is_light(visit, world, admin):
    """As it is sent, compressed, with everything that it loads."""
    client = Client(headers={"accept-encoding": "gzip"})
    sent, heavy = {}, []

    def weight(path):
        answer = client.get(path)
        return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)

    for name, page in walk(visit, world, admin):
        sign_in(client, admin) if name in PAGES else client.logout()
        loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
        paths = {urlsplit(address).path for address in loaded}
        for path in paths - sent.keys():
            sent[path] = weight(path)
        here = urlsplit(page.url)
        whole = weight(f"{here.path}?{here.query}") + sum(sent[path] for path in paths)
        scripts = sum(sent[path] for path in paths if path.endswith(".js"))
        if whole > PAGE_BYTES or scripts > SCRIPT_BYTES:
            heavy.append((name, whole, scripts))

    assert sent
    assert heavy == []


def stops(page):
    """Where the focus goes, until it has gone through the whole page."""
    for _step in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["is_body"]:
            return
        yield at


def test_focus_is_seen_wherever_it_goes(visit, world, admin):
    unseen = []

    for name, page in walk(visit, world, admin):
        for at in stops(page):
            if at["is_date"]:
                continue
            if at["outline"] < 2 or at["line"] == "none" or not at["is_seen"]:
                unseen.append(f"{name}: {at}")

    assert "\n".join(unseen) == ""


def test_skip_link_is_the_first_stop_of_every_page(visit, world, admin):
    for name, page in walk(visit, world, admin):
        # A page that takes one to a field at once has been skipped to already.
        is_elsewhere = page.evaluate("document.activeElement !== document.body")
        if name in OPEN_PAGES or is_elsewhere or page.locator(".skip-link").count() == 0:
            continue
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link", name
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content", name
