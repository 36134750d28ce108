"""What strangers may write into addresses and texts does no harm on any page."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.html import escape

from tests.browser.pages import PAGES
from tests.browser.world import build_world
from tests.factories.people import person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CORPORA = Path(__file__).resolve().parents[1] / "corpora"
# How much of a text every name of the world holds, behind a word of its own.
ROOM = 100
MARKUP = json.loads((CORPORA / "B13_markup.json").read_text())["payloads"]


class Reader(HTMLParser):
    """What of a page would run, or lead elsewhere, though a page of ours has none of it."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag in {"iframe", "object", "embed", "base", "style"} or (tag == "script" and "src" not in values):
            self.found.append(tag)
        if tag == "meta" and "http-equiv" in values:
            self.found.append("meta")
        self.found += [name for name in values if name.startswith("on")]
        addresses = [
            values[name] for name in ("href", "src", "action", "formaction", "hx-get", "hx-post") if name in values
        ]
        self.found += [
            address
            for address in addresses
            if address.strip().lower().startswith(("javascript:", "data:", "http", "//", "/sign-out"))
            and address != "/sign-out"
        ]


def together(texts):
    """As many beside each other as a name has room for; what is an address must be one from its first letter on."""
    found = []
    for text in texts:
        if found and not text.startswith(("javascript:", "data:")) and len(found[-1]) + 1 + len(text) <= ROOM:
            found[-1] += f" {text}"
        else:
            found.append(text)
    return found


@pytest.mark.parametrize("payload", together(text for text in MARKUP if "\0" not in text))
def test_s34_texts_of_others_stay_texts(client, payload):
    world = build_world(text=payload)
    sign_in(client, person(program=world.program, name=payload))

    for name in PAGES:
        page = client.get(PAGES[name](world)).content.decode()
        assert Reader(page).found == [], name
        # What a template makes of it would be something else.
        assert name != "programs" or escape(payload) in page
