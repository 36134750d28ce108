"""Figures of a full queue: how fast and evenly it empties, behind a slow Braze, and with many programs beside it."""

from bench import backlog
from bench.club import CODE, Club
from bench.crowd import code_of
from bench.delivery_figures import sink_rate
from bench.figures import Figure, at_least, at_most, ratio_at_most
from bench.running import run
from bench.stage import Stage

LATENCY_MS = 100
LATE_EVENTS = 40_000
FEW_EVENTS, MANY_EVENTS = 10_000, 200_000
SECONDS_FOR_A_MILLION = 120.0
# A machine that is busy must not end the run.
PATIENCE = 10.0
ACTIVE, CONFIGURED = 20, 500
CROWD_EVENTS = 20_000


def behind_latency(stage: Stage, _club: Club, *, scale: float) -> list[Figure]:
    """One program, whose Braze takes 100 ms for each request."""
    events = int(LATE_EVENTS * scale)
    backlog.put_in_line(stage, events=events, codes=[CODE])
    stage.call(stage.sink, "POST", f"/_delay/{LATENCY_MS}")
    stage.call(stage.sink, "POST", "/_reset")
    backlog.let_go(stage)
    workers = [stage.start(f"late-{number}", ["manage.py", "worker"]) for number in range(backlog.WORKERS)]
    # An account's attributes of events in one request are one object.
    rate = sink_rate(stage, objects=events, seconds=60.0 * max(1.0, scale))
    objects, requests = (int(stage.call(stage.sink, "GET", path).body) for path in ("/_objects", "/_requests"))
    stage.call(stage.sink, "POST", "/_delay/0")
    stage.wait_for(lambda: backlog.left(stage) == 0, what="the queue is empty", seconds=120.0 * max(1.0, scale))
    for worker in workers:
        worker.stop()
    name = f"Delivery behind {LATENCY_MS} ms, one program"
    return [
        Figure(name, rate, "objects/s", goals=[at_least(4_000)]),
        Figure(f"{name}: objects in a request of 75", objects / max(1, requests), "objects", goals=[at_least(60)]),
    ]


def full_queue(stage: Stage, _club: Club, *, scale: float) -> list[Figure]:
    """The same with few and with many events in line; a first pass warms the workers up."""
    few, many = FEW_EVENTS, max(FEW_EVENTS, int(MANY_EVENTS * scale))
    goal = SECONDS_FOR_A_MILLION * many / 1e6
    workers = backlog.start_workers(stage)
    _first, short, long = (
        backlog.drain(stage, workers, events=events, codes=[CODE], most=60 + PATIENCE * goal)
        for events in (few, few, many)
    )
    for worker in workers:
        worker.stop()
    name = f"{many:,} events waiting"
    memory = Figure(
        f"{name}: workers' memory, late; yardstick: early",
        long.late_megabytes,
        "MB",
        long.early_megabytes,
        [ratio_at_most(1.1)],
    )
    return [
        Figure(f"{name}: drained", long.seconds, "s", goals=[at_most(goal)]),
        _cost(f"{name}: processor time an event; yardstick: {few:,}", long, short),
        memory,
    ]


def many_programs(stage: Stage, _club: Club, *, scale: float) -> list[Figure]:
    """Twenty programs that send, alone and then among hundreds that are connected and quiet."""
    events = max(FEW_EVENTS, int(CROWD_EVENTS * scale))
    codes = [code_of(number) for number in range(ACTIVE)]
    workers = backlog.start_workers(stage)
    _crowd(stage, 0, ACTIVE)
    costs: list[backlog.Drained] = []
    for added in (0, CONFIGURED - ACTIVE):
        _crowd(stage, ACTIVE, added)
        costs += [
            backlog.drain(stage, workers, events=counted, codes=codes, most=300.0 * max(1.0, scale))
            for counted in (FEW_EVENTS, events)
        ]
    for worker in workers:
        worker.stop()
    name = f"{CONFIGURED} programs, {ACTIVE} active: processor time an event; yardstick: {ACTIVE} programs"
    return [_cost(name, costs[3], costs[1])]


def _cost(name: str, measured: backlog.Drained, yardstick: backlog.Drained) -> Figure:
    value, bare = measured.microseconds_an_event, yardstick.microseconds_an_event
    return Figure(name, value, "µs", bare, [ratio_at_most(1.2)])


def _crowd(stage: Stage, first: int, count: int) -> None:
    if count:
        url = f"http://127.0.0.1:{stage.sink}"
        run(stage.environ, "-m", "bench.crowd", str(first), str(count), url, seconds=600.0)
