"""Figures of recovery, on a stage of the chaos harness: from when all is mended until nothing old waits."""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, at_most
from bench.running import CLONE
from chaos.faults.table import BY_ID
from chaos.run import Fault, carry_out
from chaos.stage import FULL_PACE, Stage
from chaos.staging import raised

EVENTS, RATE, PROGRAMS, SEED = 1_200, 150.0, 20, 5
GOALS = {"F01": 30.0, "F06": 10.0, "F07": 10.0, "F09": 10.0}
# What the load alone leaves waiting in the same moment, on a machine that has other things to do.
CALM = Fault("F00", "nothing broken", lambda run: run.reach(0.8))


def recoveries() -> Iterator[Figure]:
    folder = Path(os.environ.get("VAR_FOLDER") or CLONE / "var") / "bench-recovery"
    with raised(folder, pace=FULL_PACE, programs=PROGRAMS) as stage:
        calm = _seconds(stage, CALM)
        for name, goal in GOALS.items():
            seconds = _seconds(stage, BY_ID[name])
            yield Figure(f"Recovery: {BY_ID[name].title}; yardstick: nothing", seconds, "s", calm, [at_most(goal)])


def _seconds(stage: Stage, fault: Fault) -> float:
    """Not at all, and any wrong count, is worse than any goal."""
    result = carry_out(stage, fault, events=EVENTS, rate=RATE, seed=SEED)
    if result.recovery_seconds is None or result.counts.faults:
        return float("inf")
    return result.recovery_seconds
