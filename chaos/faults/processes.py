"""Faults of the product's own processes: killed, frozen, restarted, doubled, started with wrong keys."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from bench.running import CLONE
from chaos.proxy import PASS, Behaviour
from chaos.run import Run
from chaos.stage import WORKERS

HOLD_SECONDS = 10.0
STOP_SECONDS = 20.0
STARTED_SECONDS = 5.0


def worker_killed_before_send(run: Run) -> None:
    """F01: a worker dies while its requests are on their way, and none of them arrives."""
    run.reach(0.3)
    run.stage.disturb(run.stage.braze, Behaviour(holds_requests=True))
    _wait_for_held(run)
    run.kill_worker(run.any_worker())
    run.stage.disturb(run.stage.braze, PASS)


def worker_killed_after_send(run: Run) -> None:
    """F02: Braze has taken the requests and answered, the answers do not come, and the worker dies."""
    run.reach(0.3)
    run.stage.disturb(run.stage.braze, Behaviour(holds_answers=True))
    _wait_for_held(run)
    run.kill_worker(run.any_worker())
    run.stage.disturb(run.stage.braze, PASS)


def workers_killed_again_and_again(run: Run) -> None:
    """F03: every worker dies every few seconds; with the lease, so that all would be held up for good if it did not
    end."""
    run.reach(0.2)
    for _ in range(4):
        for name in WORKERS:
            if run.stage.processes.is_running(name):
                run.kill_worker(name)
            run.stage.start_worker(name)
        run.pause(3.0 + 2.0 * run.chance())


def worker_frozen_past_its_lease(run: Run) -> None:
    """F04: a worker stands still for longer than its lease, and then goes on as if nothing had been."""
    run.reach(0.3)
    name = run.any_worker()
    run.stage.processes.suspend(name)
    try:
        frozen = run.stage.sql("SELECT count(*) FROM attempt")[0][0]
        run.note_ambiguous(int(frozen))
        run.pause(1.5 * run.lease_seconds + 2 * run.stage.pace.sweep_seconds)
    finally:
        run.stage.processes.resume(name)


def web_killed_during_intake(run: Run) -> None:
    """F05: the process that answers calls dies several times in the midst of them."""
    for share in (0.2, 0.4, 0.6):
        run.reach(share)
        run.stage.processes.kill("web")
        run.stage.start_web()
        run.stage.wait_for(run.stage.answers, what="web answers again")


def workers_restarted(run: Run) -> None:
    """F35: an upgrade restarts web and workers one after the other; each has time to finish what it does."""
    run.reach(0.3)
    for name in WORKERS:
        took = run.stage.processes.end(name)
        run.require(took <= STOP_SECONDS, f"{name} took {took:.0f} s to end")
        run.stage.start_worker(name)
        run.pause(2.0)
    took = run.stage.processes.end("web")
    run.require(took <= STOP_SECONDS, f"web took {took:.0f} s to end")
    run.stage.start_web()
    run.stage.wait_for(run.stage.answers, what="web answers again")


def clocks_wrong(run: Run) -> None:
    """F31: one worker's clock is an hour fast and is set back by more than that, the other's an hour slow. Braze's
    limits are told by the clock, too."""
    run.reach(0.2)
    clocks = {name: run.stage.folder / f"clock-{name}" for name in WORKERS}
    for (name, clock), seconds in zip(clocks.items(), (3_600.0, -3_600.0), strict=True):
        clock.write_text(str(seconds))
        run.stage.processes.end(name)
        run.stage.start_worker(name, _wrong_clock(run.stage.environ, clock))
    run.reach(0.4)
    run.stage.script(status=429, headers={"X-RateLimit-Reset": str(int(time.time()) + 2)}, next=2)
    run.reach(0.6)
    clocks[WORKERS[0]].write_text(str(-600.0))
    run.reach(0.9)
    for name in WORKERS:
        run.stage.processes.end(name)


def _wrong_clock(environ: Mapping[str, str], clock: Path) -> Mapping[str, str]:
    folder = CLONE / "chaos" / "clock"
    return {"CHAOS_CLOCK": str(clock), "PYTHONPATH": f"{environ['PYTHONPATH']}{os.pathsep}{folder}"}


def scheduler_dead_or_doubled(run: Run) -> None:
    """F37: nobody triggers periodic work for a while, then two do."""
    run.reach(0.2)
    run.stage.processes.kill("scheduler")
    run.reach(0.5)
    run.stage.start_scheduler()
    run.stage.start_scheduler("second-scheduler")
    run.reach(0.9)
    run.stage.processes.kill("second-scheduler")


def encryption_key_missing_or_rotated(run: Run) -> None:
    """F40: a worker without a key must not start; one with a new key before the old one reads what is stored."""
    run.reach(0.3)
    name = run.any_worker()
    run.stage.processes.end(name)
    run.stage.start_worker("keyless", {"FIELD_ENCRYPTION_KEYS": ""})
    code = run.stage.processes.exit_code("keyless", seconds=STOP_SECONDS)
    told = run.stage.processes.log("keyless").read_text()
    run.require(code not in (None, 0), f"a worker without encryption key went on (exit code {code})")
    run.require("FIELD_ENCRYPTION_KEYS" in told and "Traceback" not in told, "it did not say in one line what is wrong")
    run.stage.start_worker(name, _rotated(run.stage.environ))
    run.pause(STARTED_SECONDS)
    run.require(run.stage.processes.is_running(name), "a worker with a new key before the old one did not start")


def _rotated(environ: Mapping[str, str]) -> Mapping[str, str]:
    new = "Y2hhb3MtbWFrZXMtYS1uZXcta2V5LW9mLTMyLWJ5dGU"
    return {"FIELD_ENCRYPTION_KEYS": f"{new},{environ['FIELD_ENCRYPTION_KEYS']}"}


def _wait_for_held(run: Run) -> None:
    """Until requests are stuck in the proxy; in a quiet moment of a random run there may be none."""
    before = run.stage.braze.struck
    end = time.monotonic() + HOLD_SECONDS
    while run.stage.braze.struck < before + 2 and time.monotonic() < end:
        time.sleep(0.02)
