"""Keys and limits over real processes: what one of them is told, all of them know."""

import base64
import json
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from contextlib import ExitStack
from itertools import cycle

import pytest
import requests
from django.utils import timezone

from integrations.keys.models import ApiKey
from integrations.keys.secret_keys import generate_key, is_well_formed
from integrations.keys.services import revoke_key
from tests.factories.connection import ACTOR, key_for
from tests.factories.engine import ProgramFactory
from tests.integrations.calling import Caller
from tests.integrations.inbound.web_process import CLONE, database_url_of_the_tests, web_process

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# On a busy machine.
PATIENCE_SECONDS = 20


def web(log, **variables):
    return web_process(log, DATABASE_URL=database_url_of_the_tests(), **variables)


def profile(url, caller, *, key=None, session=requests):
    address = f"{url}/v1/programs/{caller.program.code}/members/a-1/profile"
    return session.get(address, headers={"X-Convercus-Key": key or caller.key}, timeout=PATIENCE_SECONDS)


def test_no_call_that_starts_after_the_revocation_is_accepted_by_any_process(caller, tmp_path):
    seen, stop = [], threading.Event()

    def call_on(url):
        with requests.Session() as session:
            while not stop.is_set():
                started = time.monotonic()
                seen.append((url, started, profile(url, caller, session=session).status_code))

    with ExitStack() as stack:
        urls = [stack.enter_context(web(tmp_path / f"web-{number}.log")) for number in range(2)]
        threads = [threading.Thread(target=call_on, args=(url,)) for url in urls * 2]
        for thread in threads:
            thread.start()
        time.sleep(1.5)
        revoke_key(prefix=caller.key[4:12], actor=ACTOR)
        revoked_at = time.monotonic()
        time.sleep(1.5)
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)

    before = Counter((url, status) for url, started, status in seen if started < revoked_at - 0.5)
    after = Counter((url, status) for url, started, status in seen if started > revoked_at)
    assert set(before) == {(url, 200) for url in urls}
    assert set(after) == {(url, 401) for url in urls}


def test_processes_share_the_limit(caller, tmp_path):
    """Four threads on two processes for two seconds: what the limit gives for each, and no more."""
    found, stop = Counter(), threading.Event()

    def call_on(url):
        with requests.Session() as session:
            while not stop.is_set():
                found[profile(url, caller, session=session).json()["error"]] += 1

    with ExitStack() as stack:
        limits = {"PROGRAM_CALLS_PER_SECOND": "20"}
        urls = [stack.enter_context(web(tmp_path / f"web-{number}.log", **limits)) for number in range(2)]
        threads = [threading.Thread(target=call_on, args=(url,)) for url in urls * 2]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        time.sleep(2)
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        seconds = time.monotonic() - begun

    assert found["internal_error"] > 0
    assert 20 <= found["member_not_found"] <= 20 * (seconds / 0.95 + 1)


def with_the_prefix_of(key):
    """Another key that begins alike and is as well-formed."""
    secret = base64.urlsafe_b64decode(key[4:12]) + b"\0" * 26
    made = "cvc_" + base64.urlsafe_b64encode(secret + zlib.crc32(b"cvc" + secret).to_bytes(4, "big")).decode()
    assert is_well_formed(made)
    return made


def test_wrong_keys_for_a_prefix_leave_the_right_key_alone(caller, tmp_path):
    wrong = generate_key()
    ApiKey.objects.filter(prefix=caller.key[4:12]).update(name="Canvas")
    others = [wrong, with_the_prefix_of(caller.key), key_for(ProgramFactory()), caller.key[:-1] + "?"]
    stop, refused = threading.Event(), Counter()

    def attack(url):
        with requests.Session() as session:
            for key in cycle(others):
                if stop.is_set():
                    return
                refused[profile(url, caller, key=key, session=session).status_code] += 1
                time.sleep(0.02)

    with web(tmp_path / "web.log") as url:
        threads = [threading.Thread(target=attack, args=(url,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        took = []
        for _ in range(60):
            begun = time.monotonic()
            assert profile(url, caller).status_code == 200
            took.append(time.monotonic() - begun)
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)

    assert set(refused) == {401}
    assert sorted(took)[int(len(took) * 0.99)] < 1.5


def raw(url):
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def sent(url, data):
    """What the server says until it has said enough or hangs up."""
    with raw(url) as connection:
        connection.sendall(data)
        try:
            return connection.recv(65_536)
        except ConnectionResetError:
            return b""


def request_head(caller, *lines, key=None):
    path = f"/v1/programs/{caller.program.code}/members/a-1/bookings"
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"X-Convercus-Key: {key or caller.key}", *lines]
    return ("\r\n".join(["", *head, "", ""])[2:]).encode()


@pytest.fixture
def url(tmp_path):
    with web(tmp_path / "web.log") as url:
        yield url


@pytest.fixture(scope="module")
def shared_url(django_db_setup, tmp_path_factory):
    """One process for the tests that leave nothing behind in it."""
    with web(tmp_path_factory.mktemp("shared") / "web.log") as url:
        yield url


def test_slow_clients_do_not_stop_others(caller, url):
    """200 that never end their headers, and 100 with a wrong key that never send what they have announced."""
    head = request_head(caller, "Content-Type: application/json", "Content-Length: 1000", key=generate_key())
    with ExitStack() as stack:
        for number in range(300):
            connection = stack.enter_context(raw(url))
            connection.sendall(head + b"{" if number % 3 == 0 else head[:60])
        begun = time.monotonic()
        answers = [profile(url, caller) for _ in range(5)]
        seconds = time.monotonic() - begun

    assert {answer.status_code for answer in answers} == {200}
    assert seconds < 10


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        ("X-Filler: " + "x" * 100_000, {b"431"}),
        ("\r\n".join(f"X-{number}: 1" for number in range(200)), {b"431"}),
        ("X-Convercus-Key: " + "cvc_" + "A" * 48, {b"401"}),
        ("Content-Length: 5\r\nContent-Length: 7", {b"400"}),
        ("Content-Length: -5", {b"400"}),
        ("Content-Length: 9\r\nTransfer-Encoding: chunked", {b"400", b"411"}),
        ("Transfer-Encoding: chunked\r\n\r\nZZ", {b"411"}),
        ("Transfer-Encoding: gzip, chunked", {b"411"}),
        ("Content-Length: 99999999999", {b"413"}),
        ("X-Odd\x00: 1", {b"400"}),
    ],
)
def test_odd_headers_are_refused(caller, shared_url, line, statuses):
    answer = sent(shared_url, request_head(caller, line))

    assert answer[:9] == b"HTTP/1.1 "
    assert answer[9:12] in statuses


def test_body_shorter_than_announced_changes_nothing_and_breaks_nothing(caller, shared_url):
    body = b'{"booking_type":"EARNBOOKING","booking_type_code":"X","points":5}'
    head = request_head(caller, "Content-Type: application/json", f"Content-Length: {len(body) + 50}")
    with raw(shared_url) as connection:
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)

    assert profile(shared_url, caller).status_code == 200


def test_flood_is_answered_in_time_and_one_program_leaves_room_for_another(caller, url):
    other = ProgramFactory()
    quiet = key_for(other)
    groups = [
        ("reads", 0.5, [read_of(caller.program, caller.key)]),
        ("writes", 0.48, [request_head(caller, "Content-Type: application/json", "Content-Length: 2") + b"{}"]),
        ("others", 0.02, [read_of(other, quiet)]),
    ]

    found = flooded(url, groups, rate=800, seconds=3)

    statuses = {name: set(found[name]["statuses"]) for name in found}
    assert statuses["reads"] == statuses["others"] == {"200"}
    assert statuses["writes"] <= {"400", "429", "500"}
    assert "429" in statuses["writes"]
    assert profile(url, Caller(other, quiet)).json() == {"error": "member_not_found"}


def read_of(program, key):
    path = f"/v1/programs/{program.code}/members/a-1/profile"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Convercus-Key: {key}\r\n\r\n".encode()


def flooded(url, groups, *, rate, seconds):
    lines = [
        json.dumps({"name": name, "share": share, "requests": [base64.b64encode(each).decode() for each in requests]})
        for name, share, requests in groups
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bench.flood", url.rpartition(":")[2], str(rate), str(seconds)],
        cwd=CLONE,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_uses_of_a_key_reach_the_card_within_seconds(caller, shared_url):
    requests.post(
        f"{shared_url}/v1/programs/{caller.program.code}/members/a-1/bookings",
        json={"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 1, "braze_campaign_id": "spring"},
        headers={"X-Convercus-Key": caller.key},
        timeout=PATIENCE_SECONDS,
    )

    end = time.monotonic() + PATIENCE_SECONDS
    while not (uses := list(ApiKey.objects.get(prefix=caller.key[4:12]).uses.all())) and time.monotonic() < end:
        time.sleep(0.1)
    assert [(use.endpoint, use.campaign) for use in uses] == [("members/bookings", "spring")]
    assert timezone.now() - uses[0].last_used_at < timezone.timedelta(seconds=60)
