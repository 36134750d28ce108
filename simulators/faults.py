"""Scripted misbehaviour: what is armed, in which order, and which request it hits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from simulators.json_values import Json


@dataclass(frozen=True, slots=True)
class ItemFault:
    """Refuses objects of a request: by place, by event name (or product id), by identifier, or by several of them."""

    error: str
    input_array: str | None = None
    index: int | None = None
    name: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    status: int | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Json = None
    has_body: bool = False
    delay_seconds: float = 0.0
    drip_seconds: float = 0.0
    answer: str | None = None
    reset: Literal["before", "after", "middle"] | None = None
    item_faults: tuple[ItemFault, ...] = ()
    process: bool = False
    next_requests: int = 1
    seconds: float | None = None
    key: str | None = None
    path: str | None = None

    @property
    def skips_processing(self) -> bool:
        return self.reset == "before" or (self.status is not None and not self.process)

    @property
    def kind(self) -> str:
        if self.reset is not None:
            return f"reset_{self.reset}"
        if self.status is not None:
            return "status"
        if self.answer is not None:
            return f"answer_{self.answer}"
        return "item_errors" if self.item_faults else "altered"


@dataclass(slots=True)
class Armed:
    fault: Fault
    left: int
    ends_at: float | None = None


class FaultQueue:
    """A request takes the first armed fault that fits it. Item faults fit only requests with such an object, so they
    hold up nothing; the clock of a timed fault starts when every plain fault for the same key and path before it is
    used up."""

    def __init__(self) -> None:
        self._queue: list[Armed] = []

    def arm(self, fault: Fault, *, now: float) -> None:
        self._queue.append(Armed(fault, left=fault.next_requests))
        self._settle(now)

    def clear(self) -> None:
        self._queue.clear()

    def armed(self, *, now: float) -> list[Armed]:
        self._settle(now)
        return list(self._queue)

    def take(self, *, key: str, path: str, now: float, hits: Callable[[ItemFault], bool]) -> Fault | None:
        if not self._queue:
            return None
        self._settle(now)
        for armed in self._queue:
            fault = armed.fault
            if fault.key not in (None, key) or fault.path not in (None, path):
                continue
            if fault.item_faults and not any(map(hits, fault.item_faults)):
                continue
            if fault.seconds is None:
                armed.left -= 1
                self._settle(now)
            return fault
        return None

    def _settle(self, now: float) -> None:
        """Drops what is over and starts the clocks that are free to run, each from where the one before it ended."""
        free_at: dict[tuple[str | None, str | None], float] = {}
        blocked: set[tuple[str | None, str | None]] = set()
        kept: list[Armed] = []
        for armed in self._queue:
            fault = armed.fault
            scope = fault.key, fault.path
            if fault.seconds is None:
                over = armed.left <= 0
            else:
                if armed.ends_at is None and scope not in blocked:
                    armed.ends_at = free_at.get(scope, now) + fault.seconds
                over = armed.ends_at is not None and armed.ends_at <= now
            if over:
                free_at[scope] = armed.ends_at or now
                continue
            kept.append(armed)
            if not fault.item_faults:
                blocked.add(scope)
        self._queue = kept
