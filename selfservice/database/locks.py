"""The advisory locks that are numbers, in one place, so that no two parts of the product take the same one."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """Those that are a text's hash, or a program's number and one, lie elsewhere."""

    DROPPING_DAYS = 7_120_401
    EVALUATING_ALERTS = 7_120_402
    COUNTING_REPORTS = 7_120_403
    # With the number of a resync beside it.
    RESYNC_TURN = 7_120_404
