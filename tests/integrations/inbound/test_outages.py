"""The doors while a store is away, over a real server."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from integrations.keys.secret_keys import generate_key
from selfservice.embedded.services import attach, detach
from tests.factories.events import wire_event
from tests.integrations.inbound.web_process import database_url_of_the_tests, frozen_postgres, silent_port, web_process

pytestmark = pytest.mark.slow
# On a busy machine; what would wait for a store that is away waits for 12 seconds and more.
SOON, LONGEST = 5.0, 30.0
CLOSED = "127.0.0.1:9"
BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("outages")


@pytest.fixture(scope="module")
def without_database(folder):
    log = folder / "web.log"
    with web_process(log, DATABASE_URL=f"postgresql://nobody:hunter2@{CLOSED}/none") as url:
        yield url
    assert "hunter2" not in log.read_text()


def timed(method, url, key, **options):
    started = time.monotonic()
    answer = requests.request(method, url, headers={"X-Convercus-Key": key}, timeout=LONGEST, **options)
    return answer, time.monotonic() - started


@pytest.mark.parametrize("path", ["members/a-1/bookings", "events"])
def test_webhook_without_database_is_503_to_be_repeated(without_database, path):
    answer, seconds = timed("POST", f"{without_database}/v1/programs/club/{path}", generate_key(), json=BOOKING)

    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert seconds < SOON


@pytest.mark.parametrize("query", ["", "?on_error=503"])
def test_connected_content_without_database_answers_in_time(without_database, query):
    answer, seconds = timed("GET", f"{without_database}/v1/programs/club/members/a-1/profile{query}", generate_key())

    assert (answer.status_code, answer.json()) == (503 if query else 200, {"error": "internal_error"})
    assert seconds < SOON


def test_key_with_a_typo_is_401_without_database(without_database):
    answer, seconds = timed("GET", f"{without_database}/v1/programs/club/members/a-1/profile", "cvc_typo")

    assert answer.status_code == 401
    assert seconds < SOON


def test_page_without_database_is_503_and_no_traceback(without_database):
    answer = requests.get(f"{without_database}/operator/", cookies={"sessionid": "x" * 32}, timeout=LONGEST)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Traceback" not in answer.text
    assert "<html" in answer.text


def test_connected_content_with_a_database_that_says_nothing_answers_in_time(folder):
    with (
        silent_port() as silent,
        web_process(folder / "silence.log", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{silent}/none") as url,
    ):
        answer, seconds = timed("GET", f"{url}/v1/programs/club/members/a-1/profile", generate_key())

    assert (answer.status_code, answer.json()) == (200, {"error": "internal_error"})
    assert seconds < SOON


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outage", ["closed port", "silence"])
def test_events_are_accepted_soon_without_broker(connection, caller, folder, outage):
    log = folder / f"web-{outage}.log"
    with silent_port() as silent:
        broker = f"redis://127.0.0.1:{silent}/0" if outage == "silence" else f"redis://{CLOSED}/0"
        with web_process(log, DATABASE_URL=database_url_of_the_tests(), REDIS_URL=broker) as url:
            url = f"{url}/v1/programs/{caller.program.code}/events"
            answers = [
                timed("POST", url, caller.key, json=wire_event("BALANCE_CHANGED", eventId=event_id))
                for event_id in ("first", "second")
            ]

    assert [(answer.status_code, answer.json()["accepted"]) for answer, _seconds in answers] == [(202, 1)] * 2
    assert max(seconds for _answer, seconds in answers) < SOON
    assert log.read_text().count("broker away") == 1


def test_connected_content_with_a_frozen_database_answers_in_time(tmp_path):
    """Its connections stand, so nothing refuses and nothing breaks; the process is just not there any more."""
    services = attach(folder=tmp_path / "var", durable=False)
    try:
        with web_process(tmp_path / "frozen.log", DATABASE_URL=services.database_url) as url:
            door, key = f"{url}/v1/programs/club/members/a-1/profile", generate_key()
            timed("GET", door, key)  # leaves a connection in the pool
            with frozen_postgres(tmp_path / "var"):
                answers = [timed("GET", door, key) for _ in range(2)]
    finally:
        detach(folder=tmp_path / "var")

    assert [(answer.status_code, answer.json()) for answer, _ in answers] == [(200, {"error": "internal_error"})] * 2
    assert max(seconds for _, seconds in answers) < SOON


def asked(line, path, key):
    """By a caller of few instructions: of many at once in one process, each would else wait for the others here."""
    started = time.monotonic()
    line.request("GET", path, headers={"X-Convercus-Key": key})
    text = line.getresponse().read()
    return text, time.monotonic() - started


def test_connected_content_of_many_callers_answers_in_time_with_a_frozen_database(tmp_path):
    """More callers than threads: who waits behind others gets no more time than they."""
    path, key = "/v1/programs/club/members/a-1/profile", generate_key()
    services = attach(folder=tmp_path / "var", durable=False)
    try:
        with web_process(tmp_path / "frozen.log", DATABASE_URL=services.database_url) as url:
            timed("GET", url + path, key)
            with frozen_postgres(tmp_path / "var"), ThreadPoolExecutor(max_workers=40) as callers, ExitStack() as stack:
                lines = [HTTPConnection(urlsplit(url).netloc, timeout=LONGEST) for _ in range(40)]
                for line in lines:
                    line.connect()
                    stack.callback(line.close)
                answers = list(callers.map(lambda line: asked(line, path, key), lines))
    finally:
        detach(folder=tmp_path / "var")

    assert {text for text, _seconds in answers} == {b'{"error":"internal_error"}'}
    assert max(seconds for _text, seconds in answers) < 1.5
