"""The Braze simulator as a process, and what tests ask of it."""

import itertools
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)


@dataclass
class StandIn:
    """One process for all tests; each test has a key, and so a workspace, of its own."""

    process: subprocess.Popen
    url: str
    key: str = field(default_factory=lambda: f"integration-key-{next(_numbers):06d}")

    @property
    def host_port(self):
        return self.url.removeprefix("http://")

    def control(self, **fault):
        answer = requests.post(f"{self.url}/_control", json=fault, timeout=10)
        assert answer.status_code == 200, answer.text

    def fault(self, **fault):
        """Misbehave, towards this key only."""
        self.control(**fault, key=self.key)

    def journal(self):
        """The requests made with this key, oldest first."""
        entries = requests.get(f"{self.url}/_journal", timeout=10).json()["entries"]
        return [entry for entry in entries if entry["key_last4"] == self.key[-4:]]

    def taken(self, array="events"):
        """The event ids of the objects that took effect, in order, copies included."""
        objects = [item for entry in self.journal() for item in entry["objects"]]
        return [item["event_id"] for item in objects if item["array"] == array and item["error"] is None]

    def profile(self, identifier):
        answer = requests.get(f"{self.url}/_users/{identifier}", params={"key": self.key}, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()


def start_process():
    command = [sys.executable, "-m", "simulators.braze", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    line = process.stdout.readline()
    assert line.startswith("Braze simulator listening on "), line
    return StandIn(process, line.split()[-1])
