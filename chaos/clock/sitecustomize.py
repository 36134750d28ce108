"""Makes a process's wall clock wrong by as many seconds as the file named in CHAOS_CLOCK says, at every moment.

Python imports it before anything else when this folder is on PYTHONPATH. What a process reads as the time of day is
wrong then; what it measures with (`time.monotonic`) is right, as on a machine whose clock is wrong.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

_file = os.environ.get("CHAOS_CLOCK")
_right_time, _right_time_ns = time.time, time.time_ns
_LOOK_SECONDS = 0.2
_seen: list[float] = [0.0, -_LOOK_SECONDS]


def _wrong_by() -> float:
    """Read anew all the time: a clock that is set back while the process runs is part of the fault."""
    now = time.monotonic()
    if now - _seen[1] >= _LOOK_SECONDS:
        _seen[:] = [float(Path(_file or "").read_text() or 0), now]
    return _seen[0]


def _wrong_now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_wrong_by())


if _file:
    time.time = lambda: _right_time() + _wrong_by()
    time.time_ns = lambda: _right_time_ns() + int(_wrong_by() * 1_000_000_000)
    timezone.now = _wrong_now
