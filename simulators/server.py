"""A small HTTP/1.1 server: keep-alive, many connections, one event loop, and a reset on request."""

import asyncio
import contextlib
import re
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import TypeAlias
from urllib.parse import parse_qsl

from simulators.messages import Request, Reset, Response, json_response, reason

Handler: TypeAlias = Callable[[Request], Awaitable[Response | Reset]]

# Far above what any vendor takes, so that the vendor's own 413 is what a client meets.
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_HEAD_BYTES = 256 * 1024
PARTING_SECONDS = 1
# In how many pieces a body drips at most.
DRIPS = 20
NO_BODY = {204, 304}
HEX = re.compile(r"[0-9A-Fa-f]{1,8}")


class BadMessageError(Exception):
    """What came in is not HTTP that can be answered in turn; the connection ends after the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.response = json_response(status, {"message": text})


class Server:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def listen(self, *, host: str, port: int) -> asyncio.Server:
        """Raises OSError when the address is taken or not ours."""
        return await asyncio.start_server(self._serve, host, port, limit=MAX_HEAD_BYTES, backlog=1024)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_request(reader, writer):
                answer = await self._handler(request)
                if isinstance(answer, Reset):
                    _reset(writer)
                    return
                keep = _wants_keep_alive(request)
                whole = _encode(answer, keep=keep, with_body=request.method != "HEAD")
                if answer.drip_seconds or answer.is_cut:
                    await _send_in_pieces(writer, whole, answer)
                else:
                    writer.write(whole)
                    await writer.drain()
                if answer.is_cut:
                    _reset(writer)
                    return
                if not keep:
                    return
        except BadMessageError as error:
            await _part(reader, writer, error.response)
        except asyncio.LimitOverrunError:
            await _part(reader, writer, json_response(431, {"message": "A line is too long."}))
        except (OSError, asyncio.IncompleteReadError):
            # The client left in the middle of something, or the journal could not be written: either way no answer.
            _reset(writer)
        finally:
            writer.close()


async def _send_in_pieces(writer: asyncio.StreamWriter, whole: bytes, answer: Response) -> None:
    """The head at once, then the body bit by bit, so that no single read of the client takes long."""
    body_starts = whole.index(b"\r\n\r\n") + 4
    writer.write(whole[:body_starts])
    body = whole[body_starts:]
    if answer.is_cut:
        body = body[: len(body) // 2]
    size = max(1, -(-len(body) // DRIPS))
    starts = range(0, len(body), size)
    for start in starts:
        await asyncio.sleep(answer.drip_seconds / len(starts))
        writer.write(body[start : start + size])
        await writer.drain()


async def _part(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, response: Response) -> None:
    """The last answer of a connection. What is still coming in is read for a moment: closing on unread bytes would
    reset the connection and could cost the client the answer."""
    writer.write(_encode(response, keep=False, with_body=True))
    writer.write_eof()
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(PARTING_SECONDS):
            while await reader.read(MAX_HEAD_BYTES):
                pass


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise
        return None
    lines = head.decode("latin-1").strip("\r\n").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadMessageError(400, "The request line is not HTTP/1.1.")
    headers = {":version": parts[2]}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    path, _, query = parts[1].partition("?")
    body = await _read_body(reader, headers)
    peer = writer.get_extra_info("peername")
    address = str(peer[0]) if peer else ""
    return Request(parts[0], path, dict(parse_qsl(query, keep_blank_values=True)), headers, body, address)


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _read_chunks(reader)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise BadMessageError(400, "Content-Length is not a number.")
    if len(length) > 12 or int(length) > MAX_BODY_BYTES:
        raise BadMessageError(413, "The body is too large.")
    return await reader.readexactly(int(length)) if int(length) else b""


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while True:
        size_text = (await reader.readuntil(b"\r\n")).decode("latin-1").split(";")[0].strip()
        if not HEX.fullmatch(size_text):
            raise BadMessageError(400, "A chunk size is not a number.")
        size = int(size_text, 16)
        total += size
        if total > MAX_BODY_BYTES:
            raise BadMessageError(413, "The body is too large.")
        if size == 0:
            # Trailers, if any, end with an empty line.
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return b"".join(chunks)
        chunks.append((await reader.readexactly(size + 2))[:size])


def _wants_keep_alive(request: Request) -> bool:
    asked = request.headers.get("connection", "").lower()
    return asked != "close" if request.headers[":version"] == "HTTP/1.1" else asked == "keep-alive"


def _encode(response: Response, *, keep: bool, with_body: bool) -> bytes:
    body = b"" if response.status in NO_BODY else response.body
    headers = {
        "Date": formatdate(time.time(), usegmt=True),
        **response.headers,
        "Content-Length": str(len(body)),
        "Connection": "keep-alive" if keep else "close",
    }
    lines = [f"HTTP/1.1 {response.status} {reason(response.status)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "\r\n"]).encode("latin-1", "replace")
    return head + body if with_body else head


def _reset(writer: asyncio.StreamWriter) -> None:
    """A zero linger turns the close into a TCP reset, which is what a client sees when a proxy dies."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
