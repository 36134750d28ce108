"""Reads what the simulator wrote down before it answered: each object that reached “Braze”, and what became of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

# The simulator's word for an object of a request that it refused as a whole.
NOT_LOOKED_AT = "not processed"
LANES = 16


@dataclass(frozen=True, slots=True)
class Arrival:
    """One object. `order` rises with every object; `points` is the balance in it.

    `may_be_called_dead`: it was refused by itself, or the answer was made to say something else than what happened.
    """

    order: tuple[int, int]
    at: float
    key_end: str
    array: str
    account: str
    event_id: str | None
    points: int | None
    took_effect: bool
    may_be_called_dead: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `status` is None when the connection was cut instead of an answer. `lane` is the product's lane of
    the profiles in it, None of a request without any."""

    at: float
    key_end: str
    status: int | None
    fault: str | None
    objects: int
    lane: int | None = None

    @property
    def leaves_fate_unknown(self) -> bool:
        """Whether the fault in it kept the sender from knowing what became of it."""
        if self.fault is None:
            return False
        return self.status is None or self.status >= 500 or self.status == 408 or self.fault.startswith("altered")


@dataclass(frozen=True, slots=True)
class Journal:
    """The entries from one moment of a run to its end."""

    asked: tuple[Asked, ...]
    arrivals: tuple[Arrival, ...]


def size(path: Path) -> int:
    """Where a run begins in the journal."""
    return path.stat().st_size if path.exists() else 0


def read(path: Path, *, start: int) -> Journal:
    asked: list[Asked] = []
    arrivals: list[Arrival] = []
    with path.open("rb") as lines:
        lines.seek(start)
        for line in lines:
            entry = json.loads(line)
            objects = entry.get("objects") or []
            key_end = entry.get("key_last4") or ""
            lane = lane_of(objects[0]["id"] or "") if objects else None
            asked.append(Asked(entry["at"], key_end, entry["status"], entry["fault"], len(objects), lane))
            arrivals.extend(_arrivals(entry, objects))
    return Journal(tuple(asked), tuple(arrivals))


def lane_of(profile: str) -> int:
    """As the product chooses it."""
    return crc32(profile.encode()) % LANES


def _arrivals(entry: dict[str, Any], objects: list[dict[str, Any]]) -> Iterator[Arrival]:
    for place, item in enumerate(objects):
        balance = (item.get("attributes") or {}).get("convercus_balance")
        yield Arrival(
            order=(entry["n"], place),
            at=entry["at"],
            key_end=entry.get("key_last4") or "",
            array=item["array"],
            account=item["id"] or "",
            event_id=item.get("event_id"),
            points=balance.get("points") if isinstance(balance, dict) else None,
            took_effect=item["error"] is None,
            may_be_called_dead=item["error"] not in (None, NOT_LOOKED_AT) or entry["fault"] == "altered",
        )
