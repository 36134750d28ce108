"""`manage.py web` as a process of its own, with stores that a test chooses."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import requests
from django.db import connection

from selfservice.embedded.stopping import postgres_pid
from selfservice.processes.ports import free_port

CLONE = Path(__file__).resolve().parents[3]
DEADLINE_SECONDS = 30
# Each has a port of its own: what Braze would count is counted by host and port, also what a test before has used up.
_started = itertools.count()
# A quick machine makes more calls than an installation grants; who tests the limits sets them.
UNLIMITED = {"PROGRAM_CALLS_PER_SECOND": "100000"}


@contextlib.contextmanager
def web_process(log, **variables):
    """Gives its URL once it answers. What it says goes to the file `log`."""
    port = free_port("127.0.0.1", preferred=18_700 + (os.getpid() + 31 * next(_started)) % 1_000)
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "web", "--port", str(port), "--workers", "1"],
            cwd=CLONE,
            env=os.environ | UNLIMITED | variables,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_it_answers(process, port):
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/v1/programs/x/nothing", timeout=5)
            return
        time.sleep(0.1)
    raise AssertionError("The web process does not answer.")


def database_url_of_the_tests():
    """The address of the database that this test process uses."""
    found = connection.settings_dict
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"postgresql://{quote(found['USER'])}@{quote(found['HOST'], safe='')}{port}/{found['NAME']}"


@contextlib.contextmanager
def silent_port():
    """A port at which somebody listens who never says a word: what a network that drops packets looks like."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield listening.getsockname()[1]


@contextlib.contextmanager
def frozen_postgres(folder):
    """The server of a folder and all its children stand still meanwhile."""
    main = postgres_pid(folder)
    children = [int(pid) for path in Path(f"/proc/{main}/task").glob("*/children") for pid in path.read_text().split()]
    for pid in [main, *children]:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in [main, *children]:
            os.kill(pid, signal.SIGCONT)
