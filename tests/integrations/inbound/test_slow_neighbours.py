"""Programs whose callers or platforms are slow, beside one whose are not, over a real server with four slots."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
import requests

from integrations.keys.secret_keys import generate_key
from loyalty_api.engine.models import Booking
from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.integrations.calling import Caller
from tests.integrations.inbound.test_web_processes import raw, request_head, web
from tests.integrations.inbound.web_process import silent_port
from tests.loyalty_api.client import remote

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BOOKING = {"booking_type": "EARNBOOKING", "booking_type_code": "X", "points": 5}


def new_caller():
    program = ProgramFactory()
    return Caller(program, key_for(program))


def booked(url, caller, account_id="a-1"):
    address = f"{url}/v1/programs/{caller.program.code}/members/{account_id}/bookings"
    return requests.post(address, json=BOOKING, headers={"X-Convercus-Key": caller.key}, timeout=20)


def timed(call):
    begun = time.monotonic()
    return call(), time.monotonic() - begun


def assert_is_quick(url):
    """Reads and writes of a program that has nothing to do with the others."""
    quick = new_caller()
    account = AccountFactory(program=quick.program)
    path = f"{url}/v1/programs/{quick.program.code}/members/{account.id}/profile"
    for _ in range(5):
        answer, seconds = timed(lambda: requests.get(path, headers={"X-Convercus-Key": quick.key}, timeout=20))
        assert answer.json().get("member_id") == account.id
        assert seconds < 1.0
    answer, seconds = timed(lambda: booked(url, quick, account.id))
    assert answer.status_code == 200
    assert seconds < 1.5
    assert Booking.objects.filter(account=account).count() == 1


@pytest.mark.parametrize("programs", [1, 2, 3])
def test_bodies_that_never_come_hold_up_no_other_program(tmp_path, programs):
    with web(tmp_path / "web.log") as url, ExitStack() as stack:
        for _ in range(programs):
            head = request_head(new_caller(), "Content-Type: application/json", "Content-Length: 1000")
            for _ in range(70):
                stack.enter_context(raw(url)).sendall(head + b"{")
        time.sleep(1.0)

        assert_is_quick(url)


def test_who_sends_no_body_is_refused_where_too_many_of_its_program_do(tmp_path):
    caller = new_caller()
    head = request_head(caller, "Content-Type: application/json", "Content-Length: 1000")
    with web(tmp_path / "web.log") as url, ExitStack() as stack:
        for _ in range(70):
            stack.enter_context(raw(url)).sendall(head + b"{")
        time.sleep(1.0)

        # Under a name whose failures no other test has used up.
        answer = booked(url.replace("127.0.0.1", "localhost"), caller)

    assert (answer.status_code, answer.json()["error"]) == (503, "busy")
    assert answer.headers["Retry-After"]


def test_writes_to_hanging_platforms_hold_up_no_other_program(tmp_path):
    with silent_port() as silent, web(tmp_path / "web.log", OUTBOUND_ALLOW=f"127.0.0.1:{silent}") as url:
        slow = [new_caller() for _ in range(2)]
        for caller in slow:
            remote.platform_row(caller.program, f"http://127.0.0.1:{silent}").save()
        with ThreadPoolExecutor(40) as threads:
            answers = [threads.submit(booked, url, slow[number % 2], f"a-{number}") for number in range(40)]
            time.sleep(0.5)
            assert_is_quick(url)
            statuses = [answer.result().status_code for answer in answers]

    assert set(statuses) == {503, 504}
    assert statuses.count(504) == 16


@pytest.mark.parametrize("is_code_made_up", [True, False])
def test_strangers_hold_up_nobody_who_is_known(tmp_path, is_code_made_up):
    known = new_caller()
    stop, seen = threading.Event(), Counter()

    def attack(number, url):
        with requests.Session() as session:
            while not stop.is_set():
                code = f"made-up-{number}" if is_code_made_up else known.program.code
                path = f"{url}/v1/programs/{code}/members/a-1/bookings"
                # A connection may be closed for being idle just when it is used again; a stranger tries once more.
                with suppress(requests.ConnectionError):
                    answer = session.post(path, json=BOOKING, headers={"X-Convercus-Key": generate_key()}, timeout=20)
                    seen[answer.status_code] += 1

    with web(tmp_path / "web.log") as url, ThreadPoolExecutor(150) as threads:
        assert booked(url, known).status_code == 400
        attackers = [threads.submit(attack, number, url) for number in range(150)]
        time.sleep(1.0)
        answers = [timed(lambda: booked(url, known)) for _ in range(10)]
        stop.set()
        for attacker in attackers:
            attacker.result()

    assert {answer.status_code for answer, _seconds in answers} == {400}
    assert sorted(seconds for _answer, seconds in answers)[-2] < 1.0
    assert set(seen) <= {401, 429, 500}
