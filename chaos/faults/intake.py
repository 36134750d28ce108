"""Faults of those who send events, and of neighbours: repeats, disorder, poison, floods, slow and silent others."""

import time
from statistics import quantiles

from chaos.proxy import Behaviour
from chaos.run import Run
from chaos.sampling import oldest_seconds


def repeated_calls(run: Run) -> None:
    """F28: calls are made up to eight times at the same moment; the load does it by itself."""
    run.reach(1.0)
    run.require(run.load.answers[202] > 0, "no call was answered")


def out_of_order(run: Run) -> None:
    """F29: the moments of events jump back and forth by two days; what counts is the order of acceptance."""
    run.reach(1.0)


def poison(run: Run) -> None:
    """F30: events that no mapping can take stand among good ones; these must be delivered soon all the same."""
    run.reach(0.8)
    worst = max(oldest_seconds(run.stage) for _ in range(5))
    run.require(worst < 5.0 + run.stage.pace.sweep_seconds, f"events waited {worst:.1f} s behind bad ones")


def flood(run: Run) -> None:
    """F33: one program sends ten times what all others send; their events must not wait for its."""
    run.reach(0.3)
    victim = run.stage.programs[0]
    before = quiet_delay(run, victim.braze_key[-4:], since=time.time() - 5)
    begun = time.time()
    run.stage.script(delay=0.3, key=victim.braze_key, seconds=10.0)
    run.reach(0.9)
    run.pause(2.0)
    during = quiet_delay(run, victim.braze_key[-4:], since=begun)
    run.require(during <= max(3.0, 2 * before), f"others waited {during:.1f} s, before it was {before:.1f} s")


def slow_neighbour(run: Run) -> None:
    """F34: one program's Braze takes five seconds for each request; the others must not notice."""
    run.reach(0.2)
    victim = run.stage.programs[0]
    before = quiet_delay(run, victim.braze_key[-4:], since=time.time() - 5)
    begun = time.time()
    run.stage.script(delay=5.0, key=victim.braze_key, seconds=15.0)
    run.pause(10.0)
    during = quiet_delay(run, victim.braze_key[-4:], since=begun)
    run.require(during <= max(3.0, 2 * before), f"others waited {during:.1f} s, before it was {before:.1f} s")


def mail_away(run: Run) -> None:
    """F39: the mail server takes connections and says nothing, while a connection stops, which may cause a mail."""
    run.reach(0.2)
    victim = run.stage.programs[0]
    run.stage.disturb(run.stage.mail, Behaviour(holds_requests=True, holds_answers=True))
    run.stage.script(status=401, key=victim.braze_key, seconds=10.0)
    run.pause(8.0)
    run.stage.script(clear=True)
    run.stage.manage("configure_integration", victim.code, "braze", f"--set=apiKey={victim.braze_key}")


def quiet_delay(run: Run, victim: str, *, since: float) -> float:
    """The 95th percentile of the time from acknowledgement to arrival, of all programs but one."""
    first = run.first_arrivals(without_key=victim)
    delays = [
        first[event.event_id] - event.acknowledged_at
        for event in list(run.book.events.values())
        if event.acknowledged_at is not None and event.acknowledged_at >= since and event.event_id in first
    ]
    return quantiles(delays, n=20)[-1] if len(delays) > 1 else 0.0
