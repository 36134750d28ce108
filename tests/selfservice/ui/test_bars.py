"""Bars: what they count, and that they fill the picture and no more."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from selfservice.ui.bars import bar_chart

START = datetime(2026, 11, 21, tzinfo=UTC)
HOURS = [START + timedelta(hours=number) for number in range(24)]


def chart(counts, moments=HOURS):
    return bar_chart(moments=moments, kinds=["good", "failed"], counts=counts)


def test_bars_count_by_moment_and_kind():
    found = chart(
        {(START, "good"): 3, (START, "failed"): 1, (HOURS[-1], "good"): 2, (START - timedelta(days=1), "good"): 9}
    )

    assert [bar.total for bar in found.bars] == [4, *[0] * 22, 2]
    assert found.totals == {"good": 5, "failed": 1}
    assert (found.total, found.most) == (6, 4)


def test_bars_fill_the_picture_and_no_more():
    [first, *_others] = chart({(START, "good"): 400, (START, "failed"): 1}).bars

    good, failed = first.pieces
    numbers = {name: float(getattr(piece, name).rstrip("%")) for piece in (good,) for name in ("top", "height")}
    assert numbers["top"] + numbers["height"] == pytest.approx(100)
    assert float(failed.height.rstrip("%")) >= 4
    assert float(failed.top.rstrip("%")) >= 0


@pytest.mark.parametrize("count", [1, 24, 168])
def test_bars_stand_beside_each_other(count):
    bars = chart({}, [START + timedelta(hours=number) for number in range(count)]).bars

    edges = [(float(bar.left.rstrip("%")), float(bar.width.rstrip("%"))) for bar in bars]
    assert all(width > 0 for _left, width in edges)
    assert all(left + width <= following for (left, width), (following, _) in pairwise(edges))
    assert edges[-1][0] + edges[-1][1] <= 100


def test_bars_of_nothing():
    found = chart({}, [])

    assert (found.bars, found.total) == ((), 0)
