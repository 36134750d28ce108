"""Pages that are reached from each other, as a row of tabs shows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownTab:
    """`key` leads there after a "g"."""

    label: str
    address: str
    is_current: bool
    key: str
