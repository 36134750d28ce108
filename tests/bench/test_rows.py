"""Which rows are measured."""

import pytest

from bench.__main__ import ROWS, _rows
from bench.running import StageFailed


def test_all_rows_unless_some_are_named():
    assert _rows("") == ROWS
    assert _rows(" , ") == ROWS
    assert _rows("backlog, latency") == {"backlog", "latency"}


def test_row_that_does_not_exist_is_named():
    with pytest.raises(StageFailed, match="BENCH_ROWS names 'speed'; there are: account details, backlog"):
        _rows("backlog,speed")
