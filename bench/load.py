"""The load generator: plain sockets that stay open, one thread each, and a few microseconds a request of its own."""

import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

HOST = "127.0.0.1"
ANSWER_SECONDS = 10.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class LoadFailed(Exception):
    """An answer was not a success, or none came. The text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What one target stood: how many requests in how much time, and how long each took, the quickest first."""

    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        return percentile(self.latencies, share)

    def __add__(self, other: "Load") -> "Load":
        return Load(self.seconds + other.seconds, tuple(sorted((*self.latencies, *other.latencies))))


@dataclass(frozen=True, slots=True)
class Target:
    """A server's port, and the n-th request to it, rendered. The numbers go on from one drive to the next.

    `proof` has to stand in each answer, where the status alone does not say that the work was done.
    """

    port: int
    build: Callable[[int], bytes]
    proof: bytes = b""
    numbers: Iterator[int] = field(default_factory=itertools.count)


def percentile(ordered: tuple[float, ...], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def rendered(method: str, path: str, *, headers: Mapping[str, str] | None = None, body: object = None) -> bytes:
    """One request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Content-Length: {len(content)}"]
    lines += ["Content-Type: application/json"] if content else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def compare(product: Target, bare: Target, *, connections: int, seconds: float, rounds: int = 3) -> tuple[Load, Load]:
    """Drives both in turns, so that whatever else the machine does falls on both. The first seconds do not count."""
    for target in (product, bare):
        drive(target, connections=connections, seconds=0.5)
    loads = [
        (
            drive(product, connections=connections, seconds=seconds),
            drive(bare, connections=connections, seconds=seconds),
        )
        for _round in range(rounds)
    ]
    products, bares = zip(*loads, strict=True)
    return sum(products[1:], products[0]), sum(bares[1:], bares[0])


def drive(target: Target, *, connections: int, seconds: float) -> Load:
    """Each connection sends its next request when the last one is answered. Raises LoadFailed."""
    latencies: list[list[float]] = [[] for _ in range(connections)]
    failures: list[LoadFailed] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_work, args=(target, begun + seconds, found, failures), daemon=True)
        for found in latencies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Load(time.perf_counter() - begun, tuple(sorted(itertools.chain(*latencies))))


def _work(target: Target, end: float, latencies: list[float], failures: list[LoadFailed]) -> None:
    try:
        with closing(connect(target.port)) as connection:
            while (sent_at := time.perf_counter()) < end and not failures:
                exchange(connection, target.build(next(target.numbers)), proof=target.proof)
                latencies.append(time.perf_counter() - sent_at)
    except (LoadFailed, OSError) as error:
        failures.append(error if isinstance(error, LoadFailed) else LoadFailed(f"no answer: {error}"))


def connect(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port), timeout=ANSWER_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def exchange(connection: socket.socket, request: bytes, *, proof: bytes = b"") -> Answer:
    """One call. Raises LoadFailed unless it gets a 2xx with the proof in it."""
    answer = asked(connection, request)
    if not 200 <= answer.status < 300 or proof not in answer.body:
        raise LoadFailed(f"{answer.status} {answer.body[:300].decode(errors='replace')}")
    return answer


def asked(connection: socket.socket, request: bytes) -> Answer:
    """Sends a request and reads its answer to the end, whatever it is."""
    connection.sendall(request)
    data = _more(connection, b"")
    while (head_end := data.find(b"\r\n\r\n")) < 0:
        data = _more(connection, data)
    head, body_at = data[:head_end], head_end + 4
    if stated := _LENGTH.search(head):
        while len(data) < body_at + int(stated[1]):
            data = _more(connection, data)
    elif _CHUNKED.search(head):
        while not data.endswith(b"\r\n0\r\n\r\n"):
            data = _more(connection, data)
    return Answer(int(head[9:12]), data[body_at:])


def _more(connection: socket.socket, data: bytes) -> bytes:
    part = connection.recv(1 << 18)
    if not part:
        raise LoadFailed("the connection was closed before the answer was complete")
    return data + part
