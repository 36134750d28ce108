"""`python -m bench.flood PORT RATE SECONDS < requests`: calls at a rate that no answer slows down.

A process of its own. Its standard input has one JSON object a group of requests: `name`, `share` of the rate, and the
`requests` to send in turn, base64. Its standard output is one JSON object: by group how many calls had which status, or
none, and their latencies, which begin when the call was due and not when there was time to send it.
"""

import asyncio
import base64
import json
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

from bench.load import HOST

# After the last call was due.
PATIENCE_SECONDS = 5.0
TICK_SECONDS = 0.002
MOST_CONNECTIONS = 4_000
NO_ANSWER = "none"
_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}).*?\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Group:
    name: str
    share: float
    requests: Iterator[bytes]
    credit: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    def note(self, status: str, due_at: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(time.perf_counter() - due_at)


class _Connection(asyncio.Protocol):
    """One call after the other; back among the idle ones after each answer."""

    def __init__(self, idle: "list[_Connection]") -> None:
        self.idle = idle
        self.transport: asyncio.Transport | None = None
        self.asked: tuple[Group, float] | None = None
        self.data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, group: Group, request: bytes, due_at: float) -> None:
        assert self.transport is not None
        self.asked = (group, due_at)
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.data += data
        head = _HEAD.match(self.data)
        if not head or not self.asked:
            return
        length = _LENGTH.search(head[0])
        if len(self.data) >= head.end() + (int(length[1]) if length else 0):
            self._end(head[1].decode())
            self.idle.append(self)

    def connection_lost(self, _error: Exception | None) -> None:
        if self in self.idle:
            self.idle.remove(self)
        self._end(NO_ANSWER)

    def _end(self, status: str) -> None:
        if self.asked:
            group, due_at = self.asked
            group.note(status, due_at)
        self.asked, self.data = None, b""


async def flood(port: int, groups: list[Group], *, rate: float, seconds: float) -> None:
    loop, opened = asyncio.get_running_loop(), 0
    idle: list[_Connection] = []
    opening: set[asyncio.Task[None]] = set()

    async def open_and_ask(group: Group, request: bytes, due_at: float) -> None:
        try:
            _transport, connection = await loop.create_connection(lambda: _Connection(idle), HOST, port)
        except OSError:
            group.note(NO_ANSWER, due_at)
            return
        connection.ask(group, request, due_at)

    begun = last = time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        for group in groups:
            group.credit += (now - last) * rate * group.share
            for _ in range(int(group.credit)):
                group.credit -= 1
                request = next(group.requests)
                if idle:
                    idle.pop().ask(group, request, now)
                elif opened < MOST_CONNECTIONS:
                    opened += 1
                    task = asyncio.ensure_future(open_and_ask(group, request, now))
                    opening.add(task)
                    task.add_done_callback(opening.discard)
                else:
                    group.note(NO_ANSWER, now)
        last = now
        await asyncio.sleep(TICK_SECONDS)
    await _until_answered(groups, sent=opened, idle=idle)


async def _until_answered(groups: list[Group], *, sent: int, idle: list[_Connection]) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < end and len(idle) < sent:
        await asyncio.sleep(0.05)


def _groups(text: str) -> list[Group]:
    return [
        Group(each["name"], each["share"], cycle([base64.b64decode(raw) for raw in each["requests"]]))
        for each in map(json.loads, text.splitlines())
    ]


def _allow_files(count: int) -> None:
    """Each connection is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def main(port: str, rate: str, seconds: str) -> None:
    _allow_files(MOST_CONNECTIONS + 100)
    groups = _groups(sys.stdin.read())
    asyncio.run(flood(int(port), groups, rate=float(rate), seconds=float(seconds)))
    found = {
        group.name: {"statuses": group.statuses, "latencies": sorted(round(each, 5) for each in group.latencies)}
        for group in groups
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
