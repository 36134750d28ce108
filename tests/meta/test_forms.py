"""Every form of every page, each of its fields filled with whatever somebody may paste into it: no answer is a failure
of ours, and nothing comes back that would run."""

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.browser.pages import PAGES
from tests.browser.world import CARD, build_world
from tests.factories.people import person, sign_in
from tests.meta.test_probes import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CORPORA = Path(__file__).resolve().parents[1] / "corpora"
# These ask the other system something, whatever stands in them.
CALLING = (f"{CARD}/test", f"{CARD}/test/member", f"{CARD}/connection/test")
# Its page is never asked for again by somebody who has used it.
LEAVING = ("/sign-out", "/language")
# With these one form's fields are all filled at once; the first few stand in each field alone too.
ALONE = 4


def corpus(name):
    return json.loads((CORPORA / f"{name}.json").read_text())


VALUES = [
    "\0",
    "x" * 20_000,
    "",
    "=cmd|' /C calc'!A0",
    "\ud83d",
    "<script>alert(1)</script>",
    *corpus("B12_cells")["cells"],
    *corpus("B13_markup")["payloads"][::3],
    *corpus("B02_unicode")["texts"][::5],
    *(str(value) for value in corpus("B03_numbers")["refused"][::9]),
    *(str(value) for value in corpus("B04_dates")["either"][::6]),
]


class Forms(HTMLParser):
    """The forms of a page: where each goes, and the names and values of its fields."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self._is_open = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = values.get("method", "get").lower() == "post"
            if self._is_open:
                self.found.append((values.get("action", ""), {}))
        elif self._is_open and tag in {"input", "select", "textarea", "button"} and values.get("name"):
            self.found[-1][1].setdefault(values["name"], values.get("value", ""))

    def handle_endtag(self, tag):
        self._is_open = self._is_open and tag != "form"


def forms_of(client, path):
    page = client.get(path)
    return [
        (action or path, fields)
        for action, fields in Forms(page.content.decode()).found
        if action not in LEAVING and (action or path).partition("?")[0] not in CALLING
    ]


def fillings(fields):
    """A value for all, and each of a few for each alone."""
    names = [name for name in fields if name != "csrfmiddlewaretoken"]
    yield from (dict.fromkeys(names, value) for value in VALUES)
    yield from ({**fields, name: value} for name in names for value in VALUES[:ALONE])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PAGES)
def test_b14_no_field_takes_a_page_down(client, name):
    world = build_world()
    admin = person(program=world.program)
    sign_in(client, admin)
    path = PAGES[name](world)

    wrong = []
    for action, fields in forms_of(client, path):
        for filling in fillings(fields):
            body = urlencode(filling, errors="surrogatepass")
            answer = client.post(action, body, content_type="application/x-www-form-urlencoded")
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            found = Reader(answer.content.decode(errors="replace")).found if is_page else []
            if answer.status_code >= 500 or found:
                wrong.append((action, answer.status_code, found, str(filling)[:300]))

    assert wrong == []
