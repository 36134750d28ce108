"""What every page keeps to, in both languages, light and dark, on a desk, on a phone, and zoomed in."""

import polib
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.walking import walk
from tests.browser.world import build_world
from tests.factories.people import person
from tests.meta.messages import PO_FILE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SCRIPT = Axe().axe_script
# Of WCAG 2.2 AA, and off unless asked for.
AXE = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
VIOLATIONS = """options => axe.run(document, options).then(found =>
  found.violations.map(each => [each.id, each.nodes.slice(0, 3).map(node => node.target.join(' '))]))"""
# A page is loaded once for all of these. 640 is a desk at 200 %, 320 one at 400 %. Axe takes longer than all the rest
# and hardly depends on the language, so that each look is examined in one of them.
LOOKS = [("light", 1280), ("light", 390), ("dark", 390), ("dark", 1280)]
EXAMINED = {"en": [("light", 1280), ("dark", 390)], "de": [("light", 390), ("dark", 1280)]}
# The second look of a page is the same document: only what colours and sizes decide can differ.
_RULES = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
LOOKED_AT = {"runOnly": {"type": "rule", "values": _RULES}}
NARROW = [640, 320]
# What a page folds away is part of it. The menu lies over the page and hides what is below: it is examined by itself.
UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach(each => { each.open = true })"
MENU = """options => { const menu = document.querySelector('details.menu'); menu.open = true;
  return axe.run(menu, options).then(found => found.violations.map(each => each.id)) }"""
WIDEST = "document.documentElement.scrollWidth"
TEXTS = """[...document.querySelectorAll('body *')].flatMap(element =>
  [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent)
    .concat(['title', 'aria-label', 'placeholder'].map(name => element.getAttribute(name) || '')))
  .map(text => text.trim().replace(/\\s+/g, ' ')).filter(text => text)"""


@pytest.fixture
def world(db):
    return build_world()


def look_at(page, scheme, width, height=900):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)


def too_wide(page, width):
    widest = page.evaluate(WIDEST)
    return [("sideways scroll", width, widest)] if widest > width else []


def shortcomings(page, language):
    page.evaluate(SCRIPT)
    page.evaluate(UNFOLD)
    for scheme, width in LOOKS:
        look_at(page, scheme, width)
        if (scheme, width) in EXAMINED[language]:
            options = AXE if (scheme, width) == EXAMINED[language][0] else AXE | LOOKED_AT
            yield from ((scheme, width, *each) for each in page.evaluate(VIOLATIONS, options))
        yield from too_wide(page, width)
    for width in NARROW:
        look_at(page, "dark", width, height=450)
        yield from too_wide(page, width)


def english_texts():
    """Texts of ours that stand on no German page. A language is called what those call it who speak it."""
    entries = polib.pofile(str(PO_FILE))
    english = {entry.msgid for entry in entries if entry.msgid != entry.msgstr and "%(" not in entry.msgid}
    return english - {entry.msgstr for entry in entries} - {"English"}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_accessible_fits_and_speaks_one_language(visit, world, language):
    """What others wrote stands in a German page as they wrote it."""
    found, foreign = [], english_texts() if language == "de" else set()

    # Each pixel of a page that is zoomed to 200 % is four of the screen.
    for name, page in walk(visit, world, person(program=world.program), language=language, device_scale_factor=2):
        found += [(name, "language", text) for text in sorted(set(page.evaluate(TEXTS)) & foreign)]
        if page.locator("html").get_attribute("lang") != language:
            found.append((name, "language"))
        found += [(name, *each) for each in shortcomings(page, language)]
        if name == "profile":
            found += [("menu", each) for each in page.evaluate(MENU, AXE)]

    assert found == []
