"""Starts a stand-in as a process: shared options, one line when it listens, a clean end on Ctrl-C or SIGTERM."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from simulators.journal import Journal
from simulators.keys import KeyRing
from simulators.server import Handler, Server

Build: TypeAlias = Callable[[Journal, KeyRing], Handler]


def options_parser(*, vendor: str, port: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m simulators.{vendor.lower()}", description=f"Stand-in for {vendor}."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=port, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="append one JSON line a request to this file")
    parser.add_argument("--key", action="append", default=[], type=_key, help="let only this key in; may be repeated")
    return parser


def launch(*, vendor: str, options: argparse.Namespace, build: Build) -> int:
    """Runs until it is told to end. Returns the exit code; what stops the start is said in one line."""
    try:
        journal = Journal(options.journal)
    except (OSError, ValueError) as error:
        return _complain(f"The journal {options.journal} cannot be used: {_text(error)}.")
    try:
        asyncio.run(_run(vendor, options.host, options.port, build(journal, KeyRing(options.key))))
    except OSError as error:
        return _complain(f"{vendor} simulator cannot listen on {options.host}:{options.port}: {_text(error)}.")
    finally:
        journal.close()
    return 0


async def _run(vendor: str, host: str, port: int, handler: Handler) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await Server(handler).listen(host=host, port=port)
    async with server:
        bound: Sequence[object] = server.sockets[0].getsockname()
        sys.stdout.write(f"{vendor} simulator listening on http://{host}:{bound[1]}\n")
        sys.stdout.flush()
        await stop.wait()


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _key(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the key is empty")
    return text.strip()


def _text(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return str(error)


def _complain(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1
