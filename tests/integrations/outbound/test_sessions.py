"""The one way out: where it refuses to go, and what it does not do on its own."""

import contextlib
import gzip
import threading
import time
import tracemalloc

import pytest
import requests
from requests_hardened.ip_filter import InvalidIPAddress

from integrations.outbound import sessions
from integrations.outbound.sessions import AddressNotAllowed, AnswerTooLarge, AnswerTooSlow, GuardedSession, session
from tests.integrations.raw_server import answer, raw_server


@pytest.fixture
def allow(settings):
    """Opens the way to a server."""

    def open_way(server):
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        return GuardedSession()

    return open_way


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "2130706433",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
    ],
)
def test_private_address_is_refused_however_it_is_written(host):
    with pytest.raises(InvalidIPAddress):
        GuardedSession().get(f"https://{host}/")


@pytest.mark.parametrize(
    "url", ["http://93.184.215.14/", "http://rest.iad-01.braze.com/users/track", "HTTP://10.0.0.1/"]
)
def test_plain_http_is_refused_before_any_look_up(url):
    with pytest.raises(AddressNotAllowed):
        GuardedSession().get(url)


def test_answer_that_unpacks_to_a_gigabyte_is_given_up_in_little_memory(allow):
    bomb = gzip.compress(bytes(16 * 1024 * 1024)) * 64
    with raw_server(answer(body=bomb, headers="Content-Encoding: gzip\r\n")) as server:
        calling = allow(server)
        tracemalloc.start()
        with pytest.raises(AnswerTooLarge):
            calling.get(server.url)
        _left, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert most < 8 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["gzip, gzip, gzip, gzip, gzip", "br", "zstd"])
def test_answer_packed_as_nobody_asked_for_is_no_answer(allow, encoding):
    """Packed five times over it would be a bomb of bombs; what is not installed cannot be unpacked at all."""
    packed = bytes(1024 * 1024)
    for _ in encoding.split(","):
        packed = gzip.compress(packed)
    with raw_server(answer(body=packed, headers=f"Content-Encoding: {encoding}\r\n")) as server:
        calling = allow(server)

        with contextlib.suppress(AnswerTooLarge, requests.exceptions.ChunkedEncodingError):
            assert len(calling.get(server.url).content) <= sessions.MAX_ANSWER_BYTES


def test_allowed_address_is_reached(allow):
    with raw_server(answer(body=b'{"a":1}')) as server:
        response = allow(server).post(server.url + "/x", data=b"body")

    assert (response.status_code, response.json()) == (200, {"a": 1})
    assert server.requests[0].endswith(b"\r\n\r\nbody")


def test_requests_alike_but_for_the_body_say_their_own_length(allow):
    with raw_server(answer(headers="Set-Cookie: a=b\r\n")) as server:
        calling = allow(server)
        for body, key in [(b"a longer body", "1"), (b"short", "1"), (b"", "1"), (b"short", "2")]:
            calling.post(server.url + "/x", data=body, headers={"X-Key": key})

    heads = [request.partition(b"\r\n\r\n")[0].lower().split(b"\r\n") for request in server.requests]
    lengths = [[line for line in head if line.startswith(b"content-length")] for head in heads]
    assert lengths == [[b"content-length: %d" % length] for length in (13, 5, 0, 5)]
    assert [line for head in heads for line in head if line.startswith(b"x-key")] == [b"x-key: 1"] * 3 + [b"x-key: 2"]
    assert not any(line.startswith(b"cookie") for head in heads for line in head)


def test_allowance_is_for_the_whole_port(allow):
    with raw_server(answer()) as server:
        guarded = allow(server)
        neighbour = server.url[:-1]

        with pytest.raises(AddressNotAllowed):
            guarded.get(neighbour)

    assert server.requests == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirect_is_not_followed(allow, status):
    with raw_server(answer(status, headers="Location: /elsewhere\r\n")) as server:
        response = allow(server).post(server.url + "/x", data=b"secret")

    assert response.status_code == int(status[:3])
    assert len(server.requests) == 1


def test_environment_gives_neither_proxy_nor_password(allow, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password netrc-password\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with raw_server(answer()) as server:
        response = allow(server).get(server.url)

    assert response.status_code == 200
    assert b"authorization" not in server.requests[0].lower()


def test_environments_certificates_are_not_believed(monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))

    merged = GuardedSession().merge_environment_settings("https://example.org", {}, None, None, None)

    assert merged["verify"] is True


def test_answer_that_is_too_large_is_cut_off(allow, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_ANSWER_BYTES", 200_000)

    with raw_server(answer(body=b"x" * 2_000_000)) as server, pytest.raises(AnswerTooLarge):
        allow(server).get(server.url)


def test_answer_up_to_the_bound_is_read_whole(allow):
    body = b"x" * sessions.MAX_ANSWER_BYTES

    with raw_server(answer(body=body)) as server:
        assert allow(server).get(server.url).content == body


def test_answer_that_drips_ends_at_the_deadline(allow, monkeypatch):
    monkeypatch.setattr(sessions, "DEADLINE_SECONDS", 0.3)

    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"1\r\nx\r\n")
            time.sleep(0.02)

    with raw_server(drip) as server:
        started = time.monotonic()
        with pytest.raises(AnswerTooSlow):
            allow(server).get(server.url)

        assert time.monotonic() - started < 10


def test_beginning_that_drips_ends_at_the_deadline(allow):
    def drip(connection):
        for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400:
            connection.sendall(bytes([letter]))
            time.sleep(0.05)

    with raw_server(drip) as server:
        started = time.monotonic()
        with pytest.raises(requests.Timeout):
            allow(server).get(server.url, timeout=(1, 0.4))

        assert time.monotonic() - started < 5


def test_silence_ends_with_the_read_timeout(allow, monkeypatch):
    monkeypatch.setattr(sessions, "READ_TIMEOUT_SECONDS", 0.2)

    with raw_server(lambda _connection: time.sleep(0.6)) as server, pytest.raises(requests.ReadTimeout):
        allow(server).get(server.url)


def test_every_thread_has_one_session():
    found = [session(), session()]
    thread = threading.Thread(target=lambda: found.append(session()))
    thread.start()
    thread.join()

    assert found[0] is found[1]
    assert found[2] is not found[0]
