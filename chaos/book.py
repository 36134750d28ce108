"""The harness's own ledger: what it sent and what was acknowledged, on the disk before anybody can forget it."""

import json
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Sent:
    """One event. `place` is its number among those of its account, in the order in which they were posted.

    `points` is the balance that it tells of, if it does. `may_die`: it is bad on purpose.
    """

    event_id: str
    program: int
    account: str
    place: int
    points: int | None = None
    has_purchase: bool = False
    may_die: bool = False
    acknowledged_at: float | None = None
    is_refused: bool = False


@dataclass(slots=True)
class Book:
    """Each call is written down and synced before it is made, each answer before the next call."""

    path: Path
    events: dict[str, Sent] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def will_send(self, events: Sequence[Sent]) -> None:
        with self._lock:
            self.events.update((event.event_id, event) for event in events)
        self._write([{"sent": event.event_id, "program": event.program, "account": event.account} for event in events])

    def answered(self, events: Iterable[Sent], *, at: float, refused: Iterable[str] = ()) -> None:
        """`refused` are ids that the intake has turned away for good."""
        turned_away = set(refused)
        lines: list[dict[str, Any]] = []
        for event in events:
            if event.event_id in turned_away:
                event.is_refused = True
                lines.append({"refused": event.event_id})
            elif event.acknowledged_at is None:
                event.acknowledged_at = at
                lines.append({"acknowledged": event.event_id, "at": at})
        self._write(lines)

    def acknowledged(self) -> int:
        with self._lock:
            return sum(event.acknowledged_at is not None for event in self.events.values())

    def answered_events(self) -> int:
        """Acknowledged or turned away."""
        with self._lock:
            return sum(event.acknowledged_at is not None or event.is_refused for event in self.events.values())

    def _write(self, lines: Sequence[dict[str, Any]]) -> None:
        content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        with self._lock:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, content)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
