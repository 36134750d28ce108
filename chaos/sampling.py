"""Looks into the product's tables while it is being broken: does the ledger's equation hold at every moment?"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from chaos.counting import Ended
from chaos.stage import Stage

PAUSE_SECONDS = 0.25
FRESH_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Tally:
    """The counters of all programs of the stage together, and how many rows wait beside them."""

    accepted: int
    delivered: int
    dead: int
    filtered: int
    waiting: int
    maybe_twice: int

    @property
    def is_balanced(self) -> bool:
        return self.accepted == self.delivered + self.dead + self.filtered + self.waiting


def tally(stage: Stage) -> Tally:
    """One statement, so one moment. Raises psycopg.Error."""
    [row] = stage.sql(
        """
        SELECT coalesce(sum(accepted), 0)::bigint, coalesce(sum(delivered), 0)::bigint, coalesce(sum(dead), 0)::bigint,
          coalesce(sum(filtered), 0)::bigint, (SELECT count(*) FROM delivery), coalesce(sum(maybe_twice), 0)::bigint
        FROM lane
        """
    )
    return Tally(*row)


def oldest_seconds(stage: Stage) -> float:
    """The age of the oldest waiting event; 0 when none waits. Raises psycopg.Error."""
    [(age,)] = stage.sql(
        """
        SELECT extract(epoch FROM now() - min(e.accepted_at))::float
        FROM delivery d JOIN loyalty_event e ON e.id = d.event_id AND e.day = d.day
        """
    )
    return float(age or 0.0)


def endings(stage: Stage, *, tag: str) -> list[Ended]:
    """What the product says of the run's events."""
    rows = stage.sql(
        "SELECT event_id, state, is_maybe_twice FROM delivery_outcome WHERE left(event_id, %s) = %s", [len(tag), tag]
    )
    return [Ended(*row) for row in rows]


def in_flight(stage: Stage) -> int:
    """Requests of which the product has written down that they start, and not how they ended."""
    [(count,)] = stage.sql("SELECT count(*) FROM attempt")
    return int(count)


@dataclass(slots=True)
class Sampler:
    """A thread that samples until it is stopped; moments at which the database is away are left out."""

    stage: Stage
    samples: int = 0
    unbalanced: list[Tally] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._sample, name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join(30)

    def _sample(self) -> None:
        while not self._stopped.wait(PAUSE_SECONDS):
            try:
                found = tally(self.stage)
            except psycopg.Error:
                continue
            self.samples += 1
            if not found.is_balanced:
                self.unbalanced.append(found)


def recovery_seconds(stage: Stage, *, since: float, most: float) -> float | None:
    """How long after `since` nothing older than FRESH_SECONDS waited any more; None: not in time."""
    while time.monotonic() - since < most:
        try:
            if oldest_seconds(stage) < FRESH_SECONDS:
                return time.monotonic() - since
        except psycopg.Error:
            pass
        time.sleep(0.1)
    return None


def settled(stage: Stage, *, most: float) -> bool:
    """Whether in time nothing waited any more, nor was under way."""
    end = time.monotonic() + most
    while time.monotonic() < end:
        try:
            if tally(stage).waiting == 0 and in_flight(stage) == 0:
                return True
        except psycopg.Error:
            pass
        time.sleep(0.1)
    return False


def differences(stage: Stage, found: Tally) -> Sequence[str]:
    """Where `manage.py ledger` says something else than the tables."""
    told: dict[str, Any] = stage.manage("ledger")
    names = ("accepted", "delivered", "dead", "filtered", "waiting", "maybe_twice")
    sums = {name: sum(program[name] for program in told.values()) for name in names}
    return [f"the ledger says {sums[name]} {name}" for name in names if sums[name] != getattr(found, name)]
