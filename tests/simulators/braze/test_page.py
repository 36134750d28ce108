"""The page for people, read as HTML."""

import re

import pytest
import requests

TIME = "2026-05-04T10:15:00Z"
NASTY = "<script>alert('x')</script>"


def read(simulator, path="/"):
    answer = requests.get(simulator.url + path, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.text


def link(text, start):
    return re.findall(rf'href="({start}[^"]*)"', text)[0]


def test_page_shows_the_last_requests_and_the_key_only_by_its_end(simulator):
    simulator.track(events=[{"external_id": "m-1", "name": "ping", "time": TIME}, {"name": "nobody"}])

    text = read(simulator)

    assert "2 events" in text
    assert "1 error" in text
    assert f"…{simulator.key[-4:]}" in text
    assert simulator.key not in text


def test_page_of_a_request_shows_each_object_and_its_outcome(simulator):
    simulator.control(item_errors={"name": "poison", "type": "bad <name>"}, key=simulator.key)
    attributes = {"external_id": "m-1", "tier": "gold & more"}
    simulator.track(attributes=[attributes], events=[{"external_id": "m-1", "name": "poison", "time": TIME}])

    text = read(simulator, link(read(simulator), "/_ui/requests/"))

    assert "gold &amp; more" in text
    assert "bad &lt;name&gt;" in text
    assert "item_errors" in text
    assert "partner-Convercus" in text


def test_page_of_a_profile_shows_what_it_holds(simulator):
    name = f"page-{simulator.key}"
    purchase = {"external_id": name, "product_id": "tx-1", "currency": "EUR", "price": 4.5, "time": TIME}
    event = {"external_id": name, "name": "points_booked", "time": TIME, "properties": {"points": 12}}
    balance = {"external_id": name, "email": "a@b.de", "balance": {"points": 420}}
    simulator.track(attributes=[balance], events=[event], purchases=[purchase])

    text = read(simulator, link(read(simulator, f"/?q={name}"), "/_ui/profiles/"))

    for expected in (name, "a@b.de", "{&quot;points&quot;:420}", "points_booked", "4.5 EUR", "tx-1"):
        assert expected in text


@pytest.mark.parametrize("word", ["ADA", "ada@", "+4917", "alias-of-ada", "lovelace"])
def test_page_finds_profiles_by_what_people_know(simulator, word):
    alias = {"alias_name": "alias-of-ada", "alias_label": "convercus"}
    names = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "phone": "+491701"}
    simulator.track(attributes=[{"user_alias": alias, "_update_existing_only": False, **names}])

    assert "Ada Lovelace" in read(simulator, f"/?q={requests.utils.quote(word)}")
    assert "No profile fits." in read(simulator, "/?q=nobody-has-this-name")


def test_page_escapes_everything_from_outside(simulator):
    event = {"external_id": NASTY, "name": NASTY, "time": TIME, "properties": {NASTY: NASTY}}
    simulator.track(attributes=[{"external_id": NASTY, NASTY: NASTY, "first_name": NASTY}], events=[event])
    requests.post(f"{simulator.url}/{NASTY}", headers=simulator.headers() | {"User-Agent": NASTY}, timeout=5)
    first = read(simulator, f"/?q={requests.utils.quote(NASTY)}")

    texts = [first, *(read(simulator, link(first, start)) for start in ("/_ui/requests/", "/_ui/profiles/"))]

    assert all("<script" not in text for text in texts)
    assert all("&lt;script&gt;" in text for text in texts)


def test_page_loads_nothing_and_lets_no_script_run(simulator):
    answer = requests.get(simulator.url, timeout=5)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert not re.search(r"src=|<link|<script|url\(|@import|https?:", answer.text)
    assert 'http-equiv="refresh"' in answer.text
    assert "prefers-color-scheme: dark" in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/_ui/nothing"), ("GET", "/_ui/profiles/ffff"), ("GET", "/_ui/requests/999999999"), ("POST", "/")],
)
def test_page_says_when_there_is_nothing(simulator, method, path):
    answer = requests.request(method, simulator.url + path, timeout=5)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_page_is_not_journalled(simulator):
    before = simulator.get("/_journal")["last"]

    read(simulator)

    assert simulator.get("/_journal")["last"] == before
