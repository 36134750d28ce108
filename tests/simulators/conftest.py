"""Starts the stand-in as the process that people start, and talks to it over HTTP."""

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
numbers = itertools.count(1)


@dataclass
class Simulator:
    process: subprocess.Popen[str]
    url: str
    key: str = field(default_factory=lambda: f"key-of-test-{next(numbers):06d}")

    def track(self, *, key: str | None = None, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}/users/track", json=body, headers=self.headers(key), timeout=10)

    def post(self, path: str, **body: Any) -> requests.Response:
        return requests.post(self.url + path, json=body, headers=self.headers(), timeout=10)

    def headers(self, key: str | None = None) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {key or self.key}",
            "Content-Type": "application/json",
            "User-Agent": "partner-Convercus",
        }

    def get(self, path: str) -> Any:
        response = requests.get(self.url + path, timeout=10)
        assert response.status_code == 200, response.text
        return response.json()

    def user(self, identifier: str) -> Any:
        return self.get(f"/_users/{requests.utils.quote(identifier, safe='')}?key={self.key}")

    def control(self, **fault: Any) -> Any:
        response = requests.post(f"{self.url}/_control", json=fault, timeout=10)
        assert response.status_code == 200, response.text
        return response.json()

    def journal(self) -> list[Any]:
        return [entry for entry in self.get("/_journal")["entries"] if entry["key_last4"] == self.key[-4:]]


Start = Callable[..., Simulator]


def _start(*arguments: str) -> Simulator:
    command = [sys.executable, "-m", "simulators.braze", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Braze simulator listening on http://127.0.0.1:")
    return Simulator(process, line.split()[-1])


def _stop(simulator: Simulator) -> int:
    simulator.process.terminate()
    with simulator.process:
        return simulator.process.wait(timeout=10)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process of the test's own, with arguments."""
    started: list[Simulator] = []

    def start_one(*arguments: str) -> Simulator:
        started.append(_start(*arguments))
        return started[-1]

    yield start_one
    for each in started:
        _stop(each)


@pytest.fixture(scope="session")
def shared_process() -> Iterator[Simulator]:
    simulator = _start()
    yield simulator
    assert _stop(simulator) == 0


@pytest.fixture
def simulator(shared_process: Simulator) -> Iterator[Simulator]:
    """One process for all tests; each has a key, and so a workspace, of its own."""
    yield Simulator(shared_process.process, shared_process.url)
    shared_process.control(clear=True)
    shared_process.control(plan="standard")
    shared_process.control(rules=None)
