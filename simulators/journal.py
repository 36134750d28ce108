"""What was asked and what became of it: one JSON line a request, on the disk before the request is answered."""

import asyncio
import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from simulators.json_values import JsonObject, read_json, write_json

RECENT_ENTRIES = 1_000
LINE_START = b'{"n":'


class Journal:
    """Lines that arrive while the disk is busy share the next fsync. Without a path only recent entries are kept."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises OSError or ValueError when the file cannot be gone on with."""
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=RECENT_ENTRIES)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._file: BinaryIO | None = None
        self.last = 0
        if path is not None:
            # Members' data, if only of a demo.
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab+")
            try:
                self.last = _mend(self._file)
            except (OSError, ValueError):
                self._file.close()
                raise

    async def record(self, entry: JsonObject) -> None:
        """Returns when the line is safe. Raises OSError when it could not be written."""
        self.last += 1
        line = write_json({"n": self.last, **entry})
        self._recent.append((self.last, line))
        if self._file is None:
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((line + b"\n", written))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(self._file))
        await written

    def recent(self, *, since: int, limit: int) -> bytes:
        """The newest entries after number `since`, oldest first, as one JSON object."""
        lines = [line for number, line in self._recent if number > since]
        lines = lines[max(0, len(lines) - limit) :]
        return b'{"last":%d,"entries":[%s]}' % (self.last, b",".join(lines))

    def close(self) -> None:
        self._disk.shutdown(wait=True)
        if self._file is not None:
            self._file.close()

    async def _flush(self, file: BinaryIO) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting, []
            failure: OSError | None = None
            try:
                await loop.run_in_executor(self._disk, _write, file, b"".join(line for line, _ in group))
            except OSError as error:
                failure = error
                sys.stderr.write(f"The journal cannot be written: {error.strerror}.\n")
            for _, written in group:
                if written.cancelled():
                    continue
                if failure is None:
                    written.set_result(None)
                else:
                    written.set_exception(failure)


def _write(file: BinaryIO, lines: bytes) -> None:
    file.write(lines)
    file.flush()
    os.fsync(file.fileno())


def _mend(file: BinaryIO) -> int:
    """Cuts off a torn last line (its request was never answered) and returns the number of the last whole one."""
    start = file.seek(0, os.SEEK_END)
    tail = b""
    while start > 0 and tail.count(b"\n") < 2:
        step = min(start, 1 << 16)
        start = file.seek(start - step)
        tail = file.read(step) + tail
    whole, newline, torn = tail.rpartition(b"\n")
    number = _number(whole.rpartition(b"\n")[2]) if newline else 0
    if torn and not torn.startswith(LINE_START[: len(torn)]):
        raise ValueError("it does not end with a journal entry")
    file.truncate(start + len(whole) + len(newline))
    return number


def _number(line: bytes) -> int:
    try:
        entry = read_json(line)
    except ValueError:
        entry = None
    number = entry.get("n") if isinstance(entry, dict) else None
    if not isinstance(number, int):
        raise ValueError("its last line is not a journal entry")
    return number
