"""What every page keeps to, in both languages, light and dark, on a desk and on a phone."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import polib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from tests.browser.pages import OPEN_PAGES, PAGES, REFUSED, build_world
from tests.factories.people import person, sign_in
from tests.meta.messages import PO_FILE

pytestmark = pytest.mark.django_db(transaction=True)
MARKUP = json.loads((Path(__file__).resolve().parents[1] / "corpora" / "B13_markup.json").read_text())["payloads"]
PAGE_BYTES, SCRIPT_BYTES = 150_000, 50_000
# Of WCAG 2.2 AA, and off unless asked for.
AXE = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
MIXED = [
    (language, scheme, width) for language in ("de", "en") for scheme in ("light", "dark") for width in (1280, 390)
]
WIDEST = "document.documentElement.scrollWidth"
TEXTS = """[...document.querySelectorAll('body *')].flatMap(element =>
  [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent)
    .concat(['title', 'aria-label', 'placeholder'].map(name => element.getAttribute(name) || '')))
  .map(text => text.trim().replace(/\\s+/g, ' ')).filter(text => text)"""
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


def enter(visitor, admin, language):
    """Signed in without the form, which has tests of its own."""
    host = urlsplit(visitor.base).hostname
    session = sign_in(Client(), admin).cookies["sessionid"].value
    cookies = {"sessionid": session, "django_language": language}
    visitor.context.add_cookies([{"name": n, "value": v, "domain": host, "path": "/"} for n, v in cookies.items()])


def walk(visit, world, admin, *, language="en", **options):
    """Opens one page after the other; gives its name with it."""
    for pages, is_signed_in in ((OPEN_PAGES, False), (PAGES, True)):
        visitor = visit(locale=language, **options)
        if is_signed_in:
            enter(visitor, admin, language)
        page = visitor.context.new_page()
        for name, path in pages.items():
            page.goto(visitor.base + path(world))
            yield name, page
            if name in REFUSED:
                # The browser tells of every answer that is none of 2xx.
                assert re.search(r"status of 4\d\d", visitor.trouble.pop())


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "scheme", "width"), MIXED)
def test_every_page_is_accessible_and_fits(visit, world, admin, language, scheme, width):
    found, axe = [], Axe()
    look = {"language": language, "color_scheme": scheme, "viewport": {"width": width, "height": 900}}

    for name, page in walk(visit, world, admin, **look):
        result = axe.run(page, options=AXE).response
        found += [(name, each["id"], [node["target"] for node in each["nodes"]][:3]) for each in result["violations"]]
        if page.evaluate(WIDEST) > width:
            found.append((name, "sideways scroll", page.evaluate(WIDEST)))
        if page.locator("html").get_attribute("lang") != language:
            found.append((name, "language"))

    assert found == []


@pytest.mark.parametrize(("width", "scale"), [(320, 1), (640, 2)], ids=["320 px", "200 % zoom"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_reflows(visit, world, admin, language, width, scale):
    look = {"language": language, "viewport": {"width": width, "height": 450}, "device_scale_factor": scale}

    wide = {name: page.evaluate(WIDEST) for name, page in walk(visit, world, admin, **look)}

    assert {name: found for name, found in wide.items() if found > width} == {}


def test_every_text_is_german(visit, world, admin):
    """No text of ours stands there in English; what others wrote does as they wrote it."""
    entries = polib.pofile(str(PO_FILE))
    english = {entry.msgid for entry in entries if entry.msgid != entry.msgstr and "%(" not in entry.msgid}
    # A language is called what those call it who speak it.
    german = {entry.msgstr for entry in entries} | {"English"}

    found = {
        name: sorted(set(page.evaluate(TEXTS)) & english - german)
        for name, page in walk(visit, world, admin, language="de")
    }

    assert {name: texts for name, texts in found.items() if texts} == {}


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


@pytest.mark.timeout(300)
def test_focus_is_seen_wherever_it_goes(visit, world, admin):
    unseen = []

    # Without motion the page is where it shall be as soon as the focus is.
    for name, page in walk(visit, world, admin, reduced_motion="reduce"):
        for _step in range(80):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUS)
            if at["is_body"]:
                break
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


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, len(MARKUP), 5))
def test_s34_nothing_that_others_wrote_runs(visit, first):
    """In names, ids, reasons and bodies; a complaint of the content policy fails the visit."""
    payload = " ".join(MARKUP[first : first + 5]).replace("\0", "")
    world = build_world(text=payload)
    admin = person(program=world.program, name=payload[:120])
    dialogs = []

    for name, page in walk(visit, world, admin):
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        assert page.evaluate("document.documentElement.dataset.ran || ''") == "", name
        assert page.locator("main").is_visible(), name
        foreign = page.locator(
            "a[href^='javascript:'], a[href^='data:'], iframe, [onerror], [onload], [onfocus], form[action^=http],"
            "[hx-trigger=load][hx-get='/sign-out']"
        )
        assert foreign.count() == 0, name

    assert dialogs == []
