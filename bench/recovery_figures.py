"""Figures of recovery, on a stage of the chaos harness: from when all is mended until nothing old waits."""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, at_most
from bench.running import CLONE
from chaos.faults.table import BY_ID
from chaos.run import carry_out
from chaos.stage import FULL_PACE
from chaos.staging import raised

EVENTS, RATE, PROGRAMS, SEED = 1_200, 150.0, 20, 5
FAULTS = ("F01", "F06", "F07", "F09")


def recoveries() -> Iterator[Figure]:
    folder = Path(os.environ.get("VAR_FOLDER") or CLONE / "var") / "bench-recovery"
    with raised(folder, pace=FULL_PACE, programs=PROGRAMS) as stage:
        for name in FAULTS:
            fault = BY_ID[name]
            result = carry_out(stage, fault, events=EVENTS, rate=RATE, seed=SEED)
            # Not at all, and any wrong count, is worse than any goal.
            is_good = result.recovery_seconds is not None and not result.counts.faults
            seconds = (result.recovery_seconds or 0.0) if is_good else float("inf")
            yield Figure(f"Recovery: {fault.title}", seconds, "s", goals=[at_most(fault.recovers_within)])
