"""Counts over time as bars, the kinds of a moment one on the other. The server draws them as SVG, with
components/bars.html; positions are percentages of the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

# A bar of one beside one of thousands is still to be seen.
_LEAST_HEIGHT = 4.0
_MOST_GAP = 0.8
_GAP_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Piece:
    """What was counted of one kind; `name` is the kind's, and its class in the style sheet."""

    name: str
    count: int
    top: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One moment. `pieces` are those of which there is something, from below."""

    at: datetime
    counts: Mapping[str, int]
    left: str
    width: str
    pieces: tuple[Piece, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class BarChart:
    """`totals` has the sum of each kind, and `total` that of all; `most` is the highest bar's count."""

    bars: tuple[Bar, ...]
    totals: Mapping[str, int]
    most: int

    @property
    def total(self) -> int:
        return sum(self.totals.values())


def bar_chart(
    *, moments: Sequence[datetime], kinds: Sequence[str], counts: Mapping[tuple[datetime, str], int]
) -> BarChart:
    """A bar for each moment, in the order given, the first kind at the bottom. What is of no moment is left out."""
    rows = [{kind: counts.get((moment, kind), 0) for kind in kinds} for moment in moments]
    most = max((sum(row.values()) for row in rows), default=0)
    width = 100 / max(1, len(moments))
    gap = min(_MOST_GAP, width * _GAP_SHARE)
    bars = tuple(
        Bar(moment, row, f"{place * width + gap / 2:.2f}%", f"{width - gap:.2f}%", _pieces(row, most))
        for place, (moment, row) in enumerate(zip(moments, rows, strict=True))
    )
    return BarChart(bars, {kind: sum(row[kind] for row in rows) for kind in kinds}, most)


def _pieces(row: Mapping[str, int], most: int) -> tuple[Piece, ...]:
    pieces, top = [], 100.0
    for kind, count in row.items():
        if count:
            height = max(_LEAST_HEIGHT, 100 * count / most)
            top = max(0.0, top - height)
            pieces.append(Piece(kind, count, f"{top:.2f}%", f"{height:.2f}%"))
    return tuple(pieces)
