"""The random run: one to three faults at a time, drawn by a seed, again and again while the load goes on."""

import random
import sys
import threading
import time
from collections.abc import Callable, Sequence

import psycopg
import redis

from bench.load import LoadFailed
from bench.running import StageFailed
from chaos.run import Fault, Run

CALM_SECONDS = 5.0
MOST_AT_ONCE = 3


def random_run(faults: Sequence[Fault], *, seconds: float) -> Fault:
    """A fault made of those that can be combined."""
    drawn_from = [fault for fault in faults if not fault.stands_alone]
    return Fault(
        "RANDOM",
        f"one to three faults at a time for {seconds:.0f} s",
        _striking(drawn_from, seconds),
        recovers_within=60,
    )


def _striking(faults: Sequence[Fault], seconds: float) -> Callable[[Run], None]:
    def strike(run: Run) -> None:
        """Draws from the run's seed alone, so that the same seed strikes in the same order."""
        run.is_random = True
        chance = random.Random(run.seed)  # noqa: S311 - repeatable, no secret
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            chosen = chance.sample(faults, chance.randint(1, MOST_AT_ONCE))
            sys.stderr.write(f"  {', '.join(fault.id for fault in chosen)}\n")
            threads = [threading.Thread(target=_one, args=(fault, run), daemon=True) for fault in chosen]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            run.stage.restore()
            run.pause(CALM_SECONDS)

    return strike


def _one(fault: Fault, run: Run) -> None:
    """Faults get into each other's way: what one needs, another has just taken away. It strikes as far as it can."""
    try:
        fault.act(run)
    except (psycopg.Error, redis.RedisError, StageFailed, LoadFailed, OSError) as error:
        sys.stderr.write(f"  {fault.id} was cut short: {type(error).__name__}\n")
