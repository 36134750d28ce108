"""Connected Content while a program's remote platform hangs, over a real server with four threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from integrations.calls.models import ApiCall
from tests.factories.connection import key_for
from tests.factories.engine import AccountFactory, ProgramFactory
from tests.flows.product import eventually
from tests.integrations.inbound.web_process import database_url_of_the_tests, silent_port, web_process
from tests.integrations.raw_server import answer, raw_server
from tests.loyalty_api.client import remote

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BUDGET_SECONDS = 1.5
CALLERS = 40
SECONDS = 4.0
FAILED = (200, {"error": "internal_error"})


class Member:
    """Connected Content for one member, as a caller sees it."""

    def __init__(self, program):
        self.account = AccountFactory(program=program)
        self.path = f"/v1/programs/{program.code}/members/{self.account.id}"
        self.headers = {"X-Convercus-Key": key_for(program)}

    def read(self, url, what="profile", session=requests):
        began = time.monotonic()
        found = session.get(f"{url}{self.path}/{what}", headers=self.headers, timeout=30)
        return (found.status_code, found.json()), time.monotonic() - began


@pytest.fixture
def product(tmp_path):
    """Starts the web process with one address that it may call."""

    def start(host_port, **variables):
        return web_process(
            tmp_path / "web.log", DATABASE_URL=database_url_of_the_tests(), OUTBOUND_ALLOW=host_port, **variables
        )

    return start


def member_of_a_remote_program(url):
    program = ProgramFactory()
    remote.platform_row(program, url).save()
    return Member(program)


def drip(connection):
    """A byte a second, for ever."""
    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 60:
        connection.sendall(bytes([letter]))
        time.sleep(1)


def test_forty_callers_of_a_hanging_platform_leave_the_others_in_peace(product):
    quick = Member(ProgramFactory())
    slow_answers, quick_times = [], []
    with silent_port() as silent, product(f"127.0.0.1:{silent}") as url:
        slow = member_of_a_remote_program(f"http://127.0.0.1:{silent}")
        end = time.monotonic() + SECONDS

        def crowd():
            with requests.Session() as session:
                while time.monotonic() < end:
                    slow_answers.append(slow.read(url, session=session))
                    time.sleep(0.1)

        callers = [threading.Thread(target=crowd) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        with requests.Session() as session:
            while time.monotonic() < end:
                found, seconds = quick.read(url, session=session)
                assert found[1].get("member_id") == quick.account.id
                quick_times.append(seconds)
        for caller in callers:
            caller.join()

    assert {str(found) for found, _seconds in slow_answers} == {str(FAILED)}
    assert len(slow_answers) > CALLERS
    assert max(seconds for _found, seconds in slow_answers) < BUDGET_SECONDS
    assert len(quick_times) > 20
    # Its one slow moment is before anybody can know that the platform hangs.
    assert sorted(quick_times)[int(len(quick_times) * 0.99) - 1] < 0.5, sorted(quick_times)[-5:]


@pytest.mark.parametrize("platform", [drip, lambda connection: time.sleep(5)], ids=["drips", "says nothing"])
def test_slow_platform_is_given_up_in_time(product, platform):
    with raw_server(platform) as server, product(server.host_port) as url:
        member = member_of_a_remote_program(server.url)
        answers = [member.read(url, what) for what in ("profile", "coupons?lang=de", "ledger")]
        calls = eventually(lambda: list(ApiCall.objects.filter(kind="platform")), seconds=5, what="a line in the log")

    assert {str(found) for found, _seconds in answers} == {str(FAILED)}
    assert max(seconds for _found, seconds in answers) < BUDGET_SECONDS
    assert {(call.status, call.error, call.endpoint) for call in calls} == {(0, "no answer in time", "login")}


def test_platform_that_is_down_is_left_alone_between_tries(product):
    with raw_server(answer("503 Down")) as server, product(server.host_port) as url:
        member = member_of_a_remote_program(server.url)
        answers = [member.read(url) for _ in range(20)]

    assert {str(found) for found, _seconds in answers} == {str(FAILED)}
    # Three calls until it is known, each with the client's repeats, and one to try.
    assert len(server.requests) <= 12


def test_name_that_does_not_resolve_in_time_is_given_up(product, tmp_path):
    """A resolver that says nothing; the C library's wait for it cannot be interrupted."""
    (tmp_path / "sitecustomize.py").write_text(_SLOW_RESOLVER)
    with product("platform.test:80", PYTHONPATH=str(tmp_path)) as url:
        member = member_of_a_remote_program("http://platform.test:80")
        with ThreadPoolExecutor(max_workers=6) as callers:
            answers = list(callers.map(lambda _number: member.read(url), range(6)))

    assert {str(found) for found, _seconds in answers} == {str(FAILED)}
    assert max(seconds for _found, seconds in answers) < BUDGET_SECONDS


_SLOW_RESOLVER = """
import socket, time
resolve = socket.getaddrinfo
def slow(host, *args, **options):
    if host == "platform.test":
        time.sleep(6)
    return resolve(host, *args, **options)
socket.getaddrinfo = slow
"""


def test_redirect_of_a_platform_is_not_followed(product):
    with (
        raw_server(answer("302 Found", headers="Location: /elsewhere\r\n")) as server,
        product(server.host_port) as url,
    ):
        found, _seconds = member_of_a_remote_program(server.url).read(url)

    assert found == FAILED
    assert not any(b"/elsewhere" in request for request in server.requests)
