"""A server on loopback that does with each connection exactly what a test says."""

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field

TLS_HANDSHAKE = b"\x16\x03"


@dataclass
class RawServer:
    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def host_port(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.host_port}"


@contextlib.contextmanager
def raw_server(react):
    """`react` gets each connection, the whole request read already (TLS aside); the connection is closed after it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = RawServer(listening.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listening, react, server), daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _serve(listening, react, server):
    with contextlib.suppress(OSError):
        while True:
            connection, _address = listening.accept()
            with connection, contextlib.suppress(OSError):
                server.requests.append(_read(connection))
                react(connection)


def _read(connection):
    """One request, or what there is of it."""
    connection.settimeout(5)
    received = b""
    while b"\r\n\r\n" not in received and (part := connection.recv(65_536)):
        received += part
        if received.startswith(TLS_HANDSHAKE):
            break
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < lengths[0] and (part := connection.recv(65_536)):
        body += part
    return head + b"\r\n\r\n" + body


def answer(status="200 OK", body=b"{}", headers=""):
    """A reaction: this answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def reset(connection):
    """A reaction: what a client sees when a proxy dies."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection):
    """A reaction: no answer at all."""
