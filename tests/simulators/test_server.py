"""HTTP as such, spoken over plain sockets."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests


def speak(url, *pieces, end=True):
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if end:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def test_server_answers_several_requests_on_one_connection(simulator):
    request = b"GET /_health HTTP/1.1\r\nHost: x\r\n\r\n"

    received = speak(simulator.url, request + request, request)

    assert received.count(b"HTTP/1.1 200 OK") == 3
    assert received.count(b"Connection: keep-alive") == 3


@pytest.mark.parametrize("head", [b"GET /_health HTTP/1.1\r\nConnection: close", b"GET /_health HTTP/1.0"])
def test_server_closes_when_the_client_wants_it(simulator, head):
    received = speak(simulator.url, head + b"\r\n\r\n", end=False)

    assert b"Connection: close" in received


def test_server_reads_a_chunked_body(simulator):
    head = b"POST /users/track HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n" % (
        simulator.key.encode()
    )
    body = b'7\r\n{"event\r\n6\r\ns":[]}\r\n0\r\n\r\n'

    received = speak(simulator.url, head + b"Transfer-Encoding: chunked\r\n\r\n" + body)

    assert b"Valid data must be provided" in received


def test_server_asks_for_a_body_that_waits_for_it(simulator):
    head = b"POST /_control HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"

    received = speak(simulator.url, head, b"{}")

    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 300_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_server_refuses_what_is_not_http(simulator, sent, status):
    received = speak(simulator.url, sent, end=False)

    assert received.startswith(b"HTTP/1.1 " + status)


def test_server_survives_clients_that_leave_in_the_middle(simulator):
    host, _, port = simulator.url.removeprefix("http://").partition(":")
    for sent in (b"", b"POST /users/tr", b"POST /users/track HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(sent)

    assert requests.get(f"{simulator.url}/_health", timeout=5).json()["status"] == "ok"


def test_server_holds_many_connections_at_once(simulator):
    simulator.control(delay=0.3, next=50, key=simulator.key)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: simulator.track(attributes=[{"external_id": f"m{n}", "a": n}]), range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert max(answer.elapsed.total_seconds() for answer in answers) < 3
    assert len(json.loads(requests.get(f"{simulator.url}/_users?key={simulator.key}", timeout=5).text)["ids"]) == 50
