"""Starts the demo, shows the first events arriving, and stops all of it."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from integrations.cards.demo.children import ChildEnded, Children
from integrations.cards.demo.notes import DemoNotes, read_notes
from selfservice.embedded.folder import open_private, prepare_folder
from selfservice.embedded.generated import keep_settings
from selfservice.embedded.services import note_settings
from selfservice.processes.ports import free_port

HOST = "127.0.0.1"
START_SECONDS = 60.0
ARRIVAL_SECONDS = 10.0

Say = Callable[[str], None]


class DemoFailed(Exception):
    """The demo cannot go on; the text says why and where to look."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the demo's files and doors are."""

    clone: Path
    folder: Path
    web_port: int
    simulator_port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.web_port}"

    @property
    def simulator(self) -> str:
        return f"http://{HOST}:{self.simulator_port}"

    @property
    def notes(self) -> Path:
        return self.folder / "demo.json"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the demo of a folder: a second one would take its members to another stand-in. Raises DemoFailed."""
    with os.fdopen(open_private(prepare_folder(folder) / "demo.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoFailed(f"The demo is running already; {folder / 'demo.json'} says where.") from None
        yield


def choose_places(*, clone: Path, folder: Path, preferred_port: int, say: Say) -> Places:
    """Takes free ports, and says so where one that people expect was taken."""
    web = free_port(HOST, preferred=preferred_port)
    simulator = free_port(HOST, preferred=9077 if web != 9077 else 9078)
    for name, wanted, got in (("pages", preferred_port, web), ("Braze simulator", 9077, simulator)):
        if wanted != got:
            say(f"Port {wanted} is taken; using {got} for the {name}.")
    return Places(clone, folder, web, simulator)


def with_address(given: str, address: str) -> str:
    """A list as OUTBOUND_ALLOW has it, and the address in it."""
    return ",".join(dict.fromkeys([*(part.strip() for part in given.split(",") if part.strip()), address]))


def start(places: Places, say: Say) -> tuple[Children, DemoNotes]:
    """Starts all processes and loads the data. When it fails, nothing of it is left running. Raises DemoFailed."""
    stand_in = f"{HOST}:{places.simulator_port}"
    allowed = with_address(os.environ.get("OUTBOUND_ALLOW", ""), stand_in)
    settings = {"OUTBOUND_ALLOW": allowed, "PORT": str(places.web_port)}
    note_settings(folder=places.folder, settings=settings)
    # The demo's connection leads to the stand-in also for a command that is run without the demo.
    keep_settings(folder=places.folder, settings={"OUTBOUND_ALLOW": stand_in})
    environ = {**os.environ, **settings, "LOG_FORMAT": os.environ.get("LOG_FORMAT") or "plain"}
    children = Children(places.folder / "log", environ)
    try:
        say("Starting the Braze simulator, web, worker and scheduler …")
        journal = str(places.folder / "braze-journal.jsonl")
        simulator = ["-m", "simulators.braze", "--port", str(places.simulator_port), "--journal", journal]
        children.start("simulator", simulator)
        children.start("web", [str(places.clone / "manage.py"), "web", "--port", str(places.web_port)])
        children.start("worker", [str(places.clone / "manage.py"), "worker"])
        children.start("scheduler", [str(places.clone / "manage.py"), "scheduler"])
        say("Loading the demo program …")
        notes = _load(places, environ)
        say("Waiting until everything answers …")
        _wait_until_answering(f"{places.simulator}/_health", children)
        _wait_until_answering(f"{places.url}/health/ready", children)
        places.notes.with_suffix(".next").replace(places.notes)
    except BaseException as error:
        children.stop()
        if isinstance(error, ChildEnded):
            raise DemoFailed(str(error)) from None
        raise
    return children, notes


def book_points(notes: DemoNotes) -> str:
    """Books points as a till would, through the loyalty API; gives the booking's id. Raises DemoFailed."""
    loyalty = notes.loyalty
    login = {"org": loyalty.org, "userName": loyalty.userName, "password": loyalty.password}
    booking = {"bookingType": "EARNBOOKING", "bookingTypeCode": "DEMO", "points": 10, "reason": "Welcome to the demo"}
    try:
        token = requests.post(f"{loyalty.url}/auth/login", json=login, timeout=10)
        token.raise_for_status()
        headers = {"Authorization": token.text}
        address = f"{loyalty.url}/accounts/{notes.member}/bookings"
        booked = requests.post(address, json=booking, headers=headers, timeout=10)
        booked.raise_for_status()
    except requests.RequestException as error:
        raise DemoFailed(f"The loyalty API does not answer as it should: {error}") from None
    return str(booked.json()["bookingId"])


def wait_for_arrival(notes: DemoNotes, booking_id: str) -> dict[str, Any] | None:
    """The event of a booking, as the stand-in for Braze has received it; None when it has not come for a while."""
    end = time.monotonic() + ARRIVAL_SECONDS
    while time.monotonic() < end:
        answer = requests.get(f"{notes.simulator}/_users/{notes.member}", timeout=5)
        events = answer.json().get("custom_events", []) if answer.ok else []
        for event in events:
            if event["properties"].get("booking_id") == booking_id:
                return dict(event)
        time.sleep(0.1)
    return None


def _load(places: Places, environ: dict[str, str]) -> DemoNotes:
    fresh = places.notes.with_suffix(".next")
    command = [sys.executable, str(places.clone / "manage.py"), "load_demo", "--url", places.url]
    command += ["--simulator", places.simulator, "--notes", str(fresh), "--earlier", str(places.notes)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    notes = read_notes(fresh)
    if done.returncode or notes is None:
        raise DemoFailed(f"The demo's data could not be loaded:\n{done.stderr.strip()[-2000:]}")
    return notes


def _wait_until_answering(url: str, children: Children) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        children.check()
        try:
            requests.get(url, timeout=2).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise DemoFailed(f"{url} does not answer after {START_SECONDS:.0f} seconds; the logs may say why.")
