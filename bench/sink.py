"""The sink: takes whatever is posted, answers at once, counts objects. `python -m bench.sink PORT`.

GET /_objects gives the number of objects so far, /_requests that of requests. POST /_delay/MS makes answers late from
then on. POST /_keep empties it and begins to keep bodies, with the moment of their arrival, which GET /_kept gives;
POST /_reset empties it and keeps nothing.
"""

import asyncio
import json
import re
import sys
import time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TAKEN = b'{"message":"success"}'
# Each object of either side names its profile once.
_OBJECT = b'"external_id"'


class Basin:
    """What has arrived."""

    def __init__(self) -> None:
        self.objects = 0
        self.requests = 0
        self.delay_seconds = 0.0
        self.is_keeping = False
        self.kept: list[tuple[float, bytes]] = []

    def take(self, path: bytes, body: bytes) -> bytes:
        if not path.startswith(b"/_"):
            self.objects += body.count(_OBJECT)
            self.requests += 1
            if self.is_keeping:
                self.kept.append((time.time(), body))
            return _TAKEN
        if path == b"/_objects":
            return str(self.objects).encode()
        if path == b"/_requests":
            return str(self.requests).encode()
        if path.startswith(b"/_delay/"):
            self.delay_seconds = int(path.rpartition(b"/")[2]) / 1000
            return _TAKEN
        if path == b"/_kept":
            return json.dumps([[at, body.decode()] for at, body in self.kept]).encode()
        self.objects, self.requests, self.kept, self.is_keeping = 0, 0, [], path == b"/_keep"
        return _TAKEN


class Talk(asyncio.Protocol):
    """One connection: whole requests in, answers out."""

    def __init__(self, basin: Basin) -> None:
        self._basin = basin
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (head_end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:head_end]
            stated = _LENGTH.search(head)
            end = head_end + 4 + (int(stated[1]) if stated else 0)
            if len(self._data) < end:
                return
            path = head.split(b" ", 2)[1]
            content = self._basin.take(path, self._data[head_end + 4 : end])
            self._data = self._data[end:]
            delay = 0.0 if path.startswith(b"/_") else self._basin.delay_seconds
            if delay:
                asyncio.get_running_loop().call_later(delay, self._answer, content)
            else:
                self._answer(content)

    def _answer(self, content: bytes) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self._transport.write(head.encode() + content)


async def serve(port: int) -> None:
    basin = Basin()
    server = await asyncio.get_running_loop().create_server(lambda: Talk(basin), "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
