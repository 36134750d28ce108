"""Runs the product's commands, calls its doors and waits for what it does: the ground under every stage."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg

from bench.load import Answer, LoadFailed, connect, exchange, rendered

CLONE = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
# What a shell may have set for another installation must not change what is measured or broken here.
CLEARED = (
    "DEBUG",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
    "ALLOWED_HOSTS",
    "SENTRY_DSN",
    "METRICS_PORT",
    "KAFKA_BOOTSTRAP_SERVERS",
)


class StageFailed(Exception):
    """The stage cannot go on. The text is for the person at the terminal."""


def run(environ: Mapping[str, str], *arguments: str, seconds: float = 120.0) -> str:
    """Runs Python in the clone and gives what it prints. Raises StageFailed."""
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=CLONE,
            env=dict(environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise StageFailed(f"Not done within {seconds:.0f} s: {' '.join(arguments[:2])}.") from None
    if done.returncode != 0:
        raise StageFailed(f"{' '.join(arguments[:2])} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def call(port: int, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One call on a connection of its own. Raises LoadFailed, OSError."""
    connection = connect(port)
    try:
        return exchange(connection, rendered(method, path, headers=headers, body=body))
    finally:
        connection.close()


def free_ports(count: int) -> list[int]:
    """Of the kernel's choice, as another run may go on beside this one. All are held open until all are known, so that
    no two are the same."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def wait_for(check: Callable[[], Any], *, what: str, logs: Path, seconds: float = START_SECONDS) -> Any:
    """The first result of `check` that is true and no failure. Raises StageFailed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := check():
                return found
        except (OSError, LoadFailed, psycopg.Error):
            pass
        time.sleep(0.05)
    raise StageFailed(f"Not within {seconds:.0f} s: {what}. The logs lie in {logs}.")
