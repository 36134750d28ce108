"""Connected Content as messages ask for it: at a rate of theirs, whether the answers come or not."""

import itertools
import queue
import threading
import time
from contextlib import closing

from bench.club import Club
from bench.figures import Figure, at_most
from bench.load import Load, LoadFailed, Target, connect, exchange
from bench.members import account_id, spread
from bench.stage import Stage

RATE = 300
SECONDS = 5.0
CONNECTIONS = 32
P99_MS = 100


def content_at_a_rate(stage: Stage, club: Club) -> Figure:
    """Counted from the moment at which each call was due: one that had to wait for its turn was slow."""

    def build(number: int) -> bytes:
        return club.door("GET", f"/members/{account_id(spread(number, count=club.members))}/profile")

    target = Target(stage.web, build, b'"member_id"')
    paced(target, rate=RATE, seconds=1.0)
    load = paced(target, rate=RATE, seconds=SECONDS)
    return Figure(
        f"Connected Content at {RATE} calls/s, p99", load.percentile(0.99) * 1000, "ms", goals=[at_most(P99_MS)]
    )


def paced(target: Target, *, rate: float, seconds: float, connections: int = CONNECTIONS) -> Load:
    """Open loop: the calls begin at even distances. Raises LoadFailed."""
    due: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    found: list[list[float]] = [[] for _ in range(connections)]
    failures: list[LoadFailed] = []
    threads = [
        threading.Thread(target=_serve, args=(target, due, latencies, failures), daemon=True) for latencies in found
    ]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    for number in range(int(rate * seconds)):
        moment = begun + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        due.put(moment)
    for _thread in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Load(time.perf_counter() - begun, tuple(sorted(itertools.chain(*found))))


def _serve(
    target: Target, due: "queue.SimpleQueue[float | None]", latencies: list[float], failures: list[LoadFailed]
) -> None:
    try:
        with closing(connect(target.port)) as connection:
            while (moment := due.get()) is not None and not failures:
                exchange(connection, target.build(next(target.numbers)), proof=target.proof)
                latencies.append(time.perf_counter() - moment)
    except (LoadFailed, OSError) as error:
        failures.append(error if isinstance(error, LoadFailed) else LoadFailed(f"no answer: {error}"))
