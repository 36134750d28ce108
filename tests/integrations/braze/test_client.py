"""What is known of a request that got no proper answer: and whether it may have arrived."""

import socket
import time

import pytest

from integrations.braze.client import Unreachable, track
from integrations.outbound import sessions
from integrations.outbound.sessions import GuardedSession
from tests.integrations.raw_server import answer, hang_up, raw_server, reset


def call(server, *, scheme="http"):
    return track(
        session=GuardedSession(), endpoint=f"{scheme}://{server.host_port}", api_key="k-1", body=b'{"events":[]}'
    )


@pytest.fixture
def failure(settings):
    """How a call fails at a server that reacts in a certain way: reason, fate unknown."""

    def find(react, **options):
        with raw_server(react) as server:
            settings.OUTBOUND_ALLOW = frozenset({server.host_port})
            with pytest.raises(Unreachable) as raised:
                call(server, **options)
        assert raised.value.__cause__ is None
        return str(raised.value), raised.value.is_fate_unknown

    return find


def test_track_posts_what_braze_asks_for(settings):
    with raw_server(answer("201 Created", b'{"message":"success"}', "X-RateLimit-Limit: 5\r\n")) as server:
        settings.OUTBOUND_ALLOW = frozenset({server.host_port})
        reply = call(server)

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /users/track HTTP/1.1"
    assert {"Authorization: Bearer k-1", "Content-Type: application/json", "User-Agent: partner-Convercus"} <= set(
        lines
    )
    assert body == b'{"events":[]}'
    assert (reply.status, reply.body, reply.headers["x-ratelimit-limit"]) == (201, b'{"message":"success"}', "5")


def test_closed_port_was_never_reached(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{port}"})

    with pytest.raises(Unreachable) as raised:
        track(session=GuardedSession(), endpoint=f"http://127.0.0.1:{port}", api_key="k", body=b"{}")

    assert (str(raised.value), raised.value.is_fate_unknown) == ("unreachable", False)


@pytest.mark.parametrize("react", [reset, hang_up, lambda connection: connection.sendall(b"no http\r\n\r\n")])
def test_connection_that_broke_may_have_delivered(failure, react):
    assert failure(react) == ("unreachable", True)


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ],
)
def test_answer_that_cannot_be_read_may_have_delivered(failure, text):
    assert failure(lambda connection: connection.sendall(text)) == ("no_answer", True)


def test_silence_may_have_delivered(failure, monkeypatch):
    monkeypatch.setattr(sessions, "READ_TIMEOUT_SECONDS", 0.2)

    assert failure(lambda _connection: time.sleep(0.5)) == ("no_answer", True)


def test_endless_answer_may_have_delivered(failure, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_ANSWER_BYTES", 1_000)

    assert failure(answer(body=b"x" * 100_000)) == ("no_answer", True)


def test_server_without_tls_is_told_apart(failure):
    assert failure(answer(), scheme="https") == ("tls_failed", True)


@pytest.mark.parametrize(
    "endpoint",
    ["http://rest.iad-01.braze.com", "https://127.0.0.1"],
)
def test_forbidden_address_was_not_called(endpoint):
    with pytest.raises(Unreachable) as raised:
        track(session=GuardedSession(), endpoint=endpoint, api_key="k-secret", body=b"{}")

    assert (str(raised.value), raised.value.is_fate_unknown) == ("address_not_allowed", False)
    assert "k-secret" not in repr(raised.value)
