"""Finds the bad unit of a refused request by halving. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class _Part:
    size: int
    is_bad: bool = False


@dataclass(slots=True)
class Halving:
    """The sizes of the next requests, from the front of a lane, after a request was refused as a whole.

    If the first half of a refused request is taken, the bad unit is in the second, which is then halved unsent: for 75
    units with one bad among them this costs at most 14 requests.
    """

    _parts: list[_Part] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return bool(self._parts)

    def next_size(self) -> int:
        """How many units the next request takes; only while active."""
        while self._parts[0].is_bad and self._parts[0].size > 1:
            self._halve(self._parts.pop(0).size)
        return self._parts[0].size

    def refused(self, size: int) -> None:
        """The request with `size` units, more than one, was refused."""
        self._drop_front()
        self._halve(size)

    def ended(self, *, with_refusal: bool) -> None:
        """The front request is done with; a single unit that was refused counts as the bad one."""
        was_first_half = len(self._parts) > 1
        self._drop_front()
        if was_first_half and not with_refusal and not any(part.is_bad for part in self._parts):
            self._parts[0] = _Part(self._parts[0].size, is_bad=True)

    def _drop_front(self) -> None:
        if self._parts:
            self._parts.pop(0)

    def _halve(self, size: int) -> None:
        self._parts[:0] = [_Part(size // 2), _Part(size - size // 2)]
