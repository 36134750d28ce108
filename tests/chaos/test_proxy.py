"""The proxy disturbs as it is told, and only then."""

import socket
import threading

import pytest

from chaos.proxy import HOST, PASS, Behaviour, Proxies


class Echo:
    """Answers each line with itself, and remembers what arrived."""

    def __init__(self):
        self.heard = b""
        self._server = socket.create_server((HOST, 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line):
        with line:
            try:
                while data := line.recv(1024):
                    self.heard += data
                    line.sendall(data)
            except OSError:
                return

    def close(self):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@pytest.fixture
def echo():
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxies():
    made = Proxies()
    yield made
    made.close()


@pytest.fixture
def proxy(proxies, echo):
    return proxies.to_port(echo.port)


@pytest.fixture
def client(proxy):
    with socket.create_connection((HOST, proxy.port), timeout=5) as line:
        yield line


def asked(client, text):
    """The answer, or what became of the connection."""
    try:
        client.sendall(text)
        return client.recv(1024)
    except TimeoutError:
        return "silence"
    except OSError:
        return "reset"


def test_undisturbed_passes_both_ways(client, proxy):
    assert asked(client, b"hello") == b"hello"
    assert proxy.struck == 0


def test_held_request_never_arrives(proxies, proxy, client, echo):
    proxies.behave(proxy, Behaviour(holds_requests=True))
    client.settimeout(0.3)

    assert asked(client, b"hello") == "silence"

    proxies.behave(proxy, PASS)
    assert asked(client, b"again") in ("reset", b"")
    assert echo.heard == b""
    assert proxy.struck == 1


def test_held_answer_is_lost_after_the_request_arrived(proxies, proxy, client, echo):
    proxies.behave(proxy, Behaviour(holds_answers=True))
    client.settimeout(0.3)

    assert asked(client, b"hello") == "silence"
    assert echo.heard == b"hello"
    assert proxy.struck == 1


def test_reset_lets_so_many_bytes_pass(proxies, proxy, client):
    proxies.behave(proxy, Behaviour(reset_after=2))

    assert asked(client, b"hello") in ("reset", b"")
    assert proxy.struck == 1


def test_strikes_end_by_themselves(proxies, proxy):
    proxies.behave(proxy, Behaviour(resets_answers=True, strikes=1))

    answers = []
    for _ in range(2):
        with socket.create_connection((HOST, proxy.port), timeout=5) as line:
            answers.append(asked(line, b"hello"))

    assert answers[0] in ("reset", b"")
    assert answers[1] == b"hello"


def test_refusal_ends_open_connections_too(proxies, proxy, client):
    assert asked(client, b"hello") == b"hello"

    proxies.behave(proxy, Behaviour(refuses=True))

    assert asked(client, b"again") in ("reset", b"")


def test_throttled_answer_comes_byte_by_byte(proxies, proxy, client):
    proxies.behave(proxy, Behaviour(answer_bytes_per_second=20.0))

    assert asked(client, b"hello") == b"h"
    assert client.recv(1024) == b"e"
