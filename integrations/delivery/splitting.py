"""Finds the bad unit of a refused request by halving. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class _Part:
    """`is_second`: the part in front of it is the other half of a bad one, whole and not yet tried."""

    size: int
    is_bad: bool = False
    is_second: bool = False


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
        self._finish_front(is_good=False)
        self._halve(size)

    def ended(self, *, with_refusal: bool) -> None:
        """The front request is done with; a single unit that was refused counts as the bad one."""
        self._finish_front(is_good=not with_refusal)

    def _finish_front(self, *, is_good: bool) -> None:
        if self._parts:
            self._parts.pop(0)
        if self._parts and self._parts[0].is_second:
            self._parts[0] = _Part(self._parts[0].size, is_bad=is_good)

    def _halve(self, size: int) -> None:
        self._parts[:0] = [_Part(size // 2), _Part(size - size // 2, is_second=True)]
