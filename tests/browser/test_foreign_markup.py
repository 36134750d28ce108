"""What others wrote stays text on every page."""

import json
from pathlib import Path

import pytest

from tests.browser.walking import walk
from tests.browser.world import build_world
from tests.factories.people import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
MARKUP = json.loads((Path(__file__).resolve().parents[1] / "corpora" / "B13_markup.json").read_text())["payloads"]
TOGETHER = 8


@pytest.mark.parametrize("first", range(0, len(MARKUP), TOGETHER))
def test_s34_nothing_that_others_wrote_runs(visit, first):
    """In names, ids, reasons and bodies; a complaint of the content policy fails the visit."""
    payload = " ".join(MARKUP[first : first + TOGETHER]).replace("\0", "")
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
