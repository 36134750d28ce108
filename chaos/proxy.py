"""A proxy for one address that disturbs on command: it delays, holds, resets, throttles, refuses."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
CHUNK = 64 * 1024
Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happens to the connections. `reset_after`: so many bytes of a request pass before the reset.

    `strikes` is for how many requests it holds; None: until another behaviour is set.
    """

    delay_seconds: float = 0.0
    holds_requests: bool = False
    holds_answers: bool = False
    refuses: bool = False
    reset_after: int | None = None
    resets_answers: bool = False
    answer_bytes_per_second: float | None = None
    strikes: int | None = None


PASS = Behaviour()


@dataclass(slots=True, eq=False)
class _Link:
    """The two halves of one connection; `is_struck`: its present request has been counted."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_struck: bool = False


@dataclass(slots=True, eq=False)
class Proxy:
    """`struck` counts the requests that were disturbed so that their sender cannot know their fate."""

    dial: Dial
    port: int = 0
    behaviour: Behaviour = PASS
    struck: int = 0
    _left: int | None = None
    _server: asyncio.Server | None = None
    _links: set[_Link] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, HOST, self.port, limit=CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server:
            self._server.close()

    def behave(self, behaviour: Behaviour) -> None:
        """Runs in the proxies' loop. What is held is dropped, as if the cable had been pulled."""
        self.behaviour, self._left = behaviour, behaviour.strikes
        self._changed.set()
        self._changed = asyncio.Event()
        if behaviour.refuses:
            for link in list(self._links):
                _reset(link)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.behaviour.refuses:
            _abort(writer)
            return
        try:
            server_reader, server_writer = await self.dial()
        except OSError:
            _abort(writer)
            return
        link = _Link(writer, server_writer)
        self._links.add(link)
        try:
            await asyncio.gather(self._requests(reader, link), self._answers(server_reader, link))
        except (OSError, asyncio.CancelledError):
            _reset(link)
        finally:
            self._links.discard(link)
            for half in (writer, server_writer):
                half.close()

    async def _requests(self, reader: asyncio.StreamReader, link: _Link) -> None:
        while data := await reader.read(CHUNK):
            behaviour = self.behaviour
            if behaviour.holds_requests and self._strike(link):
                await self._changed.wait()
                _reset(link)
                return
            if behaviour.reset_after is not None and self._strike(link):
                link.server.write(data[: behaviour.reset_after])
                await link.server.drain()
                _reset(link)
                return
            link.server.write(data)
            await link.server.drain()
        with contextlib.suppress(OSError):
            link.server.write_eof()

    async def _answers(self, reader: asyncio.StreamReader, link: _Link) -> None:
        while data := await reader.read(CHUNK):
            behaviour = self.behaviour
            if behaviour.delay_seconds:
                await asyncio.sleep(behaviour.delay_seconds)
            if behaviour.holds_answers and self._strike(link):
                await self._changed.wait()
                _reset(link)
                return
            if behaviour.resets_answers and self._strike(link):
                _reset(link)
                return
            if behaviour.answer_bytes_per_second and self._strike(link):
                await self._drip(data, link, 1 / behaviour.answer_bytes_per_second)
                return
            link.is_struck = False
            link.client.write(data)
            await link.client.drain()
        with contextlib.suppress(OSError):
            link.client.write_eof()

    async def _drip(self, data: bytes, link: _Link, pause: float) -> None:
        changed = self._changed
        for place in range(len(data)):
            link.client.write(data[place : place + 1])
            await link.client.drain()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), pause)
            if changed.is_set():
                break
        _reset(link)

    def _strike(self, link: _Link) -> bool:
        if link.is_struck:
            return True
        if self._left is not None:
            if self._left == 0:
                return False
            self._left -= 1
        link.is_struck = True
        self.struck += 1
        return True


class Proxies:
    """One thread with one loop for all proxies of a stage."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._thread.start()
        self._proxies: list[Proxy] = []

    def to_port(self, port: int) -> Proxy:
        return self._listening(Proxy(lambda: asyncio.open_connection(HOST, port)))

    def to_socket(self, path: str) -> Proxy:
        return self._listening(Proxy(lambda: asyncio.open_unix_connection(path)))

    def behave(self, proxy: Proxy, behaviour: Behaviour) -> None:
        """Holds from now on, for open connections too."""
        self._run(_behave(proxy, behaviour))

    def close(self) -> None:
        self._run(_end(self._proxies))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _listening(self, proxy: Proxy) -> Proxy:
        self._run(proxy.listen())
        self._proxies.append(proxy)
        return proxy

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


async def _behave(proxy: Proxy, behaviour: Behaviour) -> None:
    proxy.behave(behaviour)


async def _end(proxies: list[Proxy]) -> None:
    for proxy in proxies:
        proxy.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _reset(link: _Link) -> None:
    _abort(link.client)
    _abort(link.server)


def _abort(writer: asyncio.StreamWriter) -> None:
    """With a reset and not a farewell."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
