"""What a process remembers of remote platforms for a short while, so that not every call asks for it again."""

import threading
import time
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Keeps at most `size` values for `seconds`; when it is full it starts anew. Shared by the threads of a process."""

    def __init__(self, *, seconds: float, size: int) -> None:
        self._seconds = seconds
        self._size = size
        self._guard = threading.Lock()
        self._values: dict[tuple[str, ...], tuple[float, Value]] = {}

    def get(self, key: tuple[str, ...]) -> Value | None:
        with self._guard:
            until, value = self._values.get(key, (0.0, None))
        return value if time.monotonic() < until else None

    def put(self, key: tuple[str, ...], value: Value) -> None:
        with self._guard:
            if len(self._values) >= self._size:
                self._values.clear()
            self._values[key] = (time.monotonic() + self._seconds, value)

    def clear(self) -> None:
        with self._guard:
            self._values.clear()
