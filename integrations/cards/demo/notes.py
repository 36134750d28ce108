"""What the demo writes down for people and scripts: `demo.json`."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LoyaltyNote:
    """How a till logs in to the loyalty API."""

    url: str
    org: str
    userName: str  # noqa: N815 - the API's spelling
    password: str


@dataclass(frozen=True, slots=True)
class DemoNotes:
    """Everything needed to use the running demo. `key` has all scopes, `member` is an account to try things with."""

    url: str
    login: str
    password: str
    program: str
    key: str
    member: str
    simulator: str
    loyalty: LoyaltyNote


def read_notes(path: Path) -> DemoNotes | None:
    """The notes of an earlier run; None when there are none that can be read."""
    try:
        raw = json.loads(path.read_text())
        return DemoNotes(**raw | {"loyalty": LoyaltyNote(**raw["loyalty"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_notes(path: Path, notes: DemoNotes) -> None:
    """Whole or not at all, and for this user's eyes only."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(notes), file, indent=2)
    fresh.replace(path)
