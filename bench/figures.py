"""A figure beside its yardstick and its goals, and the table of all of them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Bound(StrEnum):
    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is asked of the ratio to the yardstick, or of the measured value itself."""

    bound: Bound
    limit: float
    is_ratio: bool = False

    def is_met(self, figure: "Figure") -> bool:
        value = figure.ratio if self.is_ratio else figure.value
        if value is None:
            return False
        return value >= self.limit if self.bound is Bound.AT_LEAST else value <= self.limit

    def text(self, unit: str) -> str:
        return f"{self.bound} {self.limit:.1f} ×" if self.is_ratio else f"{self.bound} {amount(self.limit)} {unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    yardstick: float | None = None
    goals: Sequence[Goal] = field(default_factory=tuple)

    @property
    def ratio(self) -> float | None:
        return self.value / self.yardstick if self.yardstick else None

    @property
    def is_met(self) -> bool:
        return all(goal.is_met(self) for goal in self.goals)

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{amount(self.value)} {self.unit}",
            f"{amount(self.yardstick)} {self.unit}" if self.yardstick else "–",
            f"{self.ratio:.2f}" if self.ratio is not None else "–",
            ", ".join(goal.text(self.unit) for goal in self.goals) or "–",
            "yes" if self.is_met else "no",
        )


HEADER = ("Figure", "Measured", "Yardstick", "Ratio", "Goal", "Met?")


def ratio_at_least(limit: float) -> Goal:
    return Goal(Bound.AT_LEAST, limit, is_ratio=True)


def ratio_at_most(limit: float) -> Goal:
    return Goal(Bound.AT_MOST, limit, is_ratio=True)


def at_least(limit: float) -> Goal:
    return Goal(Bound.AT_LEAST, limit)


def at_most(limit: float) -> Goal:
    return Goal(Bound.AT_MOST, limit)


def amount(value: float) -> str:
    """Three digits that count: 12,345 and 123 and 12.3 and 1.23."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """Names and goals stand left, numbers right."""
    rows = [HEADER, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [
        "  ".join(_placed(cell, width, column) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return "\n".join([lines[0].rstrip(), "  ".join("─" * width for width in widths), *map(str.rstrip, lines[1:])])


def _placed(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column in {1, 2, 3} else cell.ljust(width)
