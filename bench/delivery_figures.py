"""Figures of delivery: two workers empty a full queue into the sink beside the bare loop, and how fresh an event is."""

import json
import time
from contextlib import closing

from bench.club import ALL_TAKEN, Club
from bench.figures import Figure, at_least, at_most, ratio_at_least
from bench.load import connect, exchange, percentile
from bench.members import account_id, spread
from bench.stage import Stage
from integrations.cards.demo.children import Children

WORKERS = 2
WAITING_EVENTS = 30_000
BARE_OBJECTS = 60_000
OBJECTS_PER_EVENT = 2
DRAIN_SECONDS = 25.0
# The first objects come while the second worker still starts, the last ones while lanes run dry.
BEGIN, END = 0.15, 0.9

FRESH_SECONDS = 12.0
FRESH_CALLS_PER_SECOND = 40
FRESH_EVENTS_PER_CALL = 5


def freshness(stage: Stage, club: Club) -> list[Figure]:
    """From the answer of the intake, which comes after the commit, to the arrival at the sink."""
    workers = _start_workers(stage)
    _send(stage, club, purpose="warm", seconds=2.0)
    stage.wait_for(lambda: _waiting(stage) == 0, what="the workers send")
    stage.call(stage.sink, "POST", "/_keep")
    committed = _send(stage, club, purpose="fresh", seconds=FRESH_SECONDS)
    stage.wait_for(lambda: _waiting(stage) == 0, what="every event is delivered")
    arrived = _arrivals(stage)
    for worker in workers:
        worker.stop()
    delays = tuple(sorted(max(0.0, arrived[event_id] - at) for event_id, at in committed.items()))
    rate = f"{len(committed) / FRESH_SECONDS:.0f} events/s"
    return [
        Figure(f"Freshness at {rate}, p50", percentile(delays, 0.5), "s", goals=[at_most(0.5)]),
        Figure(f"Freshness at {rate}, p95", percentile(delays, 0.95), "s", goals=[at_most(1.0)]),
        Figure(f"Freshness at {rate}, p99", percentile(delays, 0.99), "s", goals=[at_most(2.0)]),
    ]


def delivery(stage: Stage, club: Club, *, scale: float) -> Figure:
    """The bare loop runs before and after the workers, and counts with the mean of both."""
    fill_up(stage, club, events=int(WAITING_EVENTS * scale))
    before = _bare_rate(stage, objects=int(BARE_OBJECTS * scale))
    units = _waiting(stage)
    stage.call(stage.sink, "POST", "/_reset")
    workers = _start_workers(stage)
    ours = sink_rate(stage, objects=OBJECTS_PER_EVENT * units, seconds=DRAIN_SECONDS * max(1.0, scale))
    for worker in workers:
        worker.stop()
    after = _bare_rate(stage, objects=int(BARE_OBJECTS * scale))
    goals = [ratio_at_least(0.5), at_least(10_000)]
    return Figure(f"Delivery, {WORKERS} workers", ours, "objects/s", (before + after) / 2, goals)


def fill_up(stage: Stage, club: Club, *, events: int) -> None:
    """Sees to it that so many events wait; what earlier figures left counts."""
    with closing(connect(stage.web)) as connection:
        for first in range(0, max(0, events - _waiting(stage)), 1000):
            batch = [_event(club, number, purpose="queue") for number in range(first, first + 1000)]
            exchange(connection, club.door("POST", "/events", batch), proof=ALL_TAKEN)
    stage.sql("VACUUM ANALYZE")


def _start_workers(stage: Stage) -> list[Children]:
    return [stage.start(f"worker-{number}", ["manage.py", "worker"]) for number in range(WORKERS)]


def _waiting(stage: Stage) -> int:
    [(units,)] = stage.sql("SELECT coalesce(sum(accepted - delivered - dead - filtered), 0)::bigint FROM lane")
    return int(units)


def _event(club: Club, number: int, *, purpose: str) -> dict[str, object]:
    return club.event(number, account_id=account_id(spread(number, count=club.members)), purpose=purpose)


def _send(stage: Stage, club: Club, *, purpose: str, seconds: float) -> dict[str, float]:
    """Calls at an even pace; gives the moment at which each event was acknowledged."""
    committed: dict[str, float] = {}
    begun = time.monotonic()
    with closing(connect(stage.web)) as connection:
        for call in range(int(seconds * FRESH_CALLS_PER_SECOND)):
            time.sleep(max(0.0, begun + call / FRESH_CALLS_PER_SECOND - time.monotonic()))
            first = call * FRESH_EVENTS_PER_CALL
            events = [_event(club, first + each, purpose=purpose) for each in range(FRESH_EVENTS_PER_CALL)]
            exchange(connection, club.door("POST", "/events", events), proof=ALL_TAKEN)
            committed |= {str(event["eventId"]): time.time() for event in events}
    return committed


def _arrivals(stage: Stage) -> dict[str, float]:
    """The moment at which each event first came to the sink."""
    arrived: dict[str, float] = {}
    for at, body in json.loads(stage.call(stage.sink, "GET", "/_kept").body):
        for event in json.loads(body).get("events", []):
            arrived.setdefault(event["properties"]["event_id"], at)
    return arrived


def _bare_rate(stage: Stage, *, objects: int) -> float:
    """As many bare loops as there are workers, over rows like the objects that an event becomes, half of each sort."""
    stage.sql("TRUNCATE bench_bareunit")
    stage.sql(
        """
        INSERT INTO bench_bareunit (state, body) SELECT 0, CASE n %% 2
          WHEN 0 THEN '{"external_id":"a-' || n || '","convercus_balance":{"points":' || n %% 5000
                      || ',"lockedPoints":0,"statusPoints":' || n %% 9000 || '}}'
          ELSE '{"external_id":"a-' || n || '","name":"convercus_balance_changed","time":"' || now()
               || '","properties":{"points":' || n %% 5000 || ',"locked_points":0,"status_points":' || n %% 9000
               || ',"delta":5,"event_id":"bare-event-of-the-run-' || n || '"}}' END
          FROM generate_series(1, %s) n
        """,
        [objects],
    )
    stage.sql("VACUUM ANALYZE bench_bareunit")
    stage.call(stage.sink, "POST", "/_reset")
    sink = f"http://127.0.0.1:{stage.sink}"
    loops = [stage.start(f"loop-{number}", ["-m", "bench.bare_loop", sink]) for number in range(WORKERS)]
    rate = sink_rate(stage, objects=objects, seconds=DRAIN_SECONDS)
    for loop in loops:
        loop.stop()
    return rate


def sink_rate(stage: Stage, *, objects: int, seconds: float) -> float:
    """Objects a second between BEGIN and END of them, or of as many as come in the time."""
    stage.wait_for(lambda: _objects(stage), what="the first objects arrive")
    samples: list[tuple[float, int]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and (not samples or samples[-1][1] < END * objects):
        samples.append((time.monotonic(), _objects(stage)))
        time.sleep(0.02)
    last_at, last = samples[-1]
    first_at, first = next(sample for sample in samples if sample[1] >= BEGIN * last)
    return (last - first) / max(last_at - first_at, 0.001)


def _objects(stage: Stage) -> int:
    return int(stage.call(stage.sink, "GET", "/_objects").body)
