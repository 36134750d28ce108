"""The endpoint field cannot be made to reach anything but Braze: when it is saved, tested, and sent to."""

import socket

import pytest
import requests
from urllib3.util import connection as urllib3_connection

from integrations.braze.checking import check_connection
from integrations.braze.sender import send
from integrations.outbound.sessions import GuardedSession
from integrations.spec import Record, Retry, Stopped
from tests.factories.braze import braze_config
from tests.integrations.braze.test_form import form
from tests.integrations.raw_server import answer, raw_server

RECORDS = [Record("events", b'{"external_id":"a"}', False)]
HOST = "rest.iad-01.braze.com"
PUBLIC = "93.184.215.14"
SPELLINGS = [
    *("https://127.0.0.1", "https://127.1", "https://0.0.0.0", "https://0", "https://localhost", "https://LOCALHOST."),
    *("https://10.0.0.1", "https://172.16.0.1", "https://192.168.1.1", "https://100.64.0.1", "https://169.254.169.254"),
    *("https://2130706433", "https://0x7f000001", "https://0177.0.0.1", "https://0x7f.1", "https://017700000001"),
    *("https://[::1]", "https://[::]", "https://[::ffff:127.0.0.1]", "https://[fd00::1]", "https://[fe80::1%25eth0]"),
    *("https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://metadata.google.internal"),
    *("https://127.0.0.1.nip.io", f"https://{HOST}.nip.io", f"https://{HOST}.evil.example", "https://rest.braze.com"),
    *(
        "https://rest.braze.com.evil.tld",
        f"https://{HOST}@127.0.0.1",
        f"https://127.0.0.1@{HOST}",
        f"https://a:b@{HOST}",
    ),
    *(f"https://{HOST}:22", f"https://{HOST}:8080", f"https://{HOST}:443@127.0.0.1", f"https://{HOST}:0443x"),
    *(
        f"https://127.0.0.1#{HOST}",
        f"https://127.0.0.1?{HOST}",
        f"https://127.0.0.1/{HOST}",
        f"https://127.0.0.1\\@{HOST}",
    ),
    *(f"https://127.0.0.1\t.{HOST}", f"https://{HOST}%2f.evil.example", f"https://{HOST}%00.evil.example"),
    *(f"https://{HOST}\x00.evil.example", f"https://evil.example\x0d\x0aHost: {HOST}", "https://rest.iad_01.braze.com"),
    *(
        f"https://{HOST}.",
        f"https://.{HOST}",
        f"https://x.{HOST}",
        "https://rest..braze.com",
        "https://rest.-.braze.com.",
    ),
    *("https://rest.iad-01.braze.co", "https://rest.iad-01.braze.com.eu", "https://rest.iad-01.xn--braze-9ra.com"),
    *("https://rest.iad-01.br\u0430ze.com", "https://rest\u3002iad-01\u3002braze\u3002com", "https://\u24d1raze.com"),
    *("https://rest.iad-01\u2028.braze.com", "https://\uff11\uff12\uff17.0.0.1", "https://①②⑦.⓪.⓪.①"),
    *(
        f"http://{HOST}",
        f"ftp://{HOST}",
        f"file:///{HOST}",
        f"gopher://{HOST}",
        "javascript:alert(1)",
        "data:text/html,x",
    ),
    *(
        f"//{HOST}",
        f"https:///{HOST}",
        f"https:{HOST}",
        "unix:///tmp/socket",
        "dict://127.0.0.1:6379/info",
        "about:blank",
    ),
]


class Unused(requests.Session):
    """No request may get as far as a session."""

    def send(self, request, **_options):
        raise AssertionError(f"called {request.url}")


def test_spellings_are_many():
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 60


@pytest.mark.parametrize("text", SPELLINGS)
def test_spelling_is_refused_when_saved(text):
    filled = form(apiEndpoint=text)

    assert not filled.is_valid()
    assert set(filled.errors) == {"apiEndpoint"}


@pytest.mark.parametrize("text", SPELLINGS)
def test_spelling_is_refused_at_the_test(text):
    assert check_connection(braze_config(endpoint=text), Unused()).reason == "address_not_allowed"


@pytest.mark.parametrize("text", SPELLINGS)
def test_spelling_is_refused_when_sending(text):
    sent = send(RECORDS, braze_config(endpoint=text), Unused())

    assert (sent.outcome, sent.status) == (Stopped("address_not_allowed"), 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_name_of_braze_that_leads_inside_is_not_followed(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answered = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answered)
    config = braze_config(endpoint=f"https://{HOST}")

    assert check_connection(config, GuardedSession()).reason == "address_not_allowed"
    assert send(RECORDS, config, GuardedSession()).outcome == Retry("address_not_allowed")


def test_name_that_is_rebound_after_the_check_does_not_lead_inside(monkeypatch):
    """The resolver answers with a public address first and with ours from then on."""
    answers, called = [PUBLIC], []

    def resolve(host, *_args, **_options):
        address = host if host == PUBLIC else answers.pop() if answers else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(address, *_args, **_options):
        called.append(resolve(address[0])[0][4][0])
        raise OSError("nobody is there")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(urllib3_connection, "create_connection", connect)

    send(RECORDS, braze_config(endpoint=f"https://{HOST}"), GuardedSession())

    assert set(called) <= {PUBLIC}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(settings, status):
    elsewhere = "Location: http://169.254.169.254/latest/meta-data\r\n"
    with raw_server(answer(f"{status} Go", headers=elsewhere)) as server:
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        config = braze_config(endpoint=server.url)
        sent = send(RECORDS, config, GuardedSession())
        checked = check_connection(config, GuardedSession())

    assert sent.outcome == Stopped("wrong_address")
    assert checked.reason == "wrong_address"
    assert len(server.requests) == 2


def test_environment_leads_nowhere_else(settings, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password netrc-password\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with raw_server(answer("400 Bad", b'{"message":"Valid data must be provided."}')) as server:
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        checked = check_connection(braze_config(endpoint=server.url), GuardedSession())

    assert checked.reason == "ok"
    assert b"Authorization: Bearer k\r\n" in server.requests[0]
