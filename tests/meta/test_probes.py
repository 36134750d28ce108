"""What strangers may write into addresses and texts does no harm on any page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.utils.html import escape

from tests.browser.pages import PAGES
from tests.browser.world import build_world
from tests.factories.people import person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CORPORA = Path(__file__).resolve().parents[1] / "corpora"
MARKUP = json.loads((CORPORA / "B13_markup.json").read_text())["payloads"]
# Whatever a list may be asked for by any of its names, and some that must mean nothing.
NAMES = (
    "account_id", "account_id__gt", "after", "at", "before", "cause", "coupon", "cursor", "day", "direction",
    "endpoint", "event", "filter", "id__in", "key", "kind", "limit", "member", "newer", "o", "offset", "older",
    "order_by", "ordering", "outcome", "page", "period", "program",
    "program__memberships__user__password__startswith", "q", "reason", "request_body__contains", "search", "since",
    "sort", "state", "status", "system", "table", "type", "until", "user",
)  # fmt: skip
VALUES = (
    "'", '"', "'; DROP TABLE calls_apicall;--", "1 OR 1=1", "-at", "-password", "at)--", "__class__", "%", "_", "\\",
    "-1", "0", "99999999999999999999", "1e309", "NaN", "٣", "2026-13-45", "2026-11-21T25:61", "0001-01-01",
    "9999-12-31T23:59",
    "[]", "{}", "null", "true", "../../etc/passwd", "\r\nSet-Cookie: x=1", "é" * 2000, "\ud83d\ude00", "{{7*7}}",
)  # fmt: skip


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


def opened(client, world, name, query=""):
    path = PAGES[name](world)
    return client.get(f"{path}{'&' if '?' in path else '?'}{query}" if query else path)


@pytest.mark.parametrize("payload", [text for text in MARKUP if "\0" not in text])
def test_s34_texts_of_others_stay_texts(client, payload):
    world = build_world(text=payload)
    sign_in(client, person(program=world.program, name=payload[:120]))

    for name in PAGES:
        page = opened(client, world, name).content.decode()
        assert Reader(page).found == [], name
        # What a template makes of it would be something else.
        assert name != "programs" or escape(payload) in page


@pytest.mark.parametrize("name", PAGES)
def test_s36_no_filter_or_order_reaches_the_database(client, name):
    world = build_world()
    sign_in(client, person(program=world.program))

    page = opened(client, world, name).content.decode()
    own = {asked for asked in NAMES if re.search(rf'name="{asked}"|[?;&]{asked}=', page)}
    answers = {
        value: opened(client, world, name, urlencode(dict.fromkeys(NAMES, value), errors="surrogatepass")).status_code
        for value in VALUES
    }
    # A page may stop at the first name that it refuses. So its own come alone, and the others without its own.
    for value in ("'", "-password", "99999999999999999999"):
        for asked in [{each} for each in own] + [set(NAMES) - own]:
            query = urlencode(dict.fromkeys(sorted(asked), value))
            answers[f"{asked}={value}"] = opened(client, world, name, query).status_code

    assert {asked: status for asked, status in answers.items() if status >= 500} == {}
    assert world.program.api_keys.count() == 1
