"""`make bench`: measures, prints one table, and leaves nothing running. BENCH_SCALE=10 takes ten times the data.

BENCH_ROWS="latency, backlog" measures these alone. "call log" and "pages" take minutes to fill, and are measured only
when named.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import (
    backlog_figures,
    content_figures,
    delivery_figures,
    history_figures,
    http_figures,
    mapping_figures,
    overload_figures,
    page_figures,
    recovery_figures,
    refusal_figures,
)
from bench.club import Club, founded
from bench.figures import Figure, table
from bench.load import LoadFailed
from bench.running import CLONE, StageFailed
from bench.stage import Stage, raised
from selfservice.embedded.errors import EmbeddedError

MEMBERS = 100_000
LEAST_SCALE, MOST_SCALE = 0.01, 10.0

# Searching comes before the figures that write: what they leave behind is not what a search is measured on.
ON_MEMBERS: tuple[tuple[str, Callable[[Stage, Club], Figure]], ...] = (
    ("search", http_figures.search),
    ("account details", http_figures.account_details),
    ("content", http_figures.content_profile),
    ("content at a rate", content_figures.content_at_a_rate),
    ("intake", http_figures.intake_single),
    ("intake arrays", http_figures.intake_arrays),
    ("booking", http_figures.booking),
    ("booking by webhook", http_figures.webhook_booking),
    ("booking with a history", http_figures.booking_with_history),
)
DOORS: tuple[tuple[str, Callable[[Stage, Club], Iterator[Figure]]], ...] = (
    ("refused keys", refusal_figures.refusals),
    ("overload", overload_figures.overload),
)
QUEUES = (
    ("latency", backlog_figures.behind_latency),
    ("backlog", backlog_figures.full_queue),
    ("programs", backlog_figures.many_programs),
)
# For these any members will do, and few are imported when no other row is wanted.
OF_FEW = frozenset({"mapping", "freshness", "delivery", "recovery", "pages", *(name for name, _ in (*DOORS, *QUEUES))})
FEW_MEMBERS = 2_000
# Measured only when they are named: filling the log takes minutes.
ON_MONTHS: tuple[tuple[str, Callable[..., Iterator[Figure]]], ...] = (
    ("call log", history_figures.with_history),
    ("pages", page_figures.pages),
)
ROWS = (OF_FEW | {name for name, _ in ON_MEMBERS}) - {"pages"}


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    folder = Path(os.environ.get("VAR_FOLDER") or CLONE / "var") / "bench"
    try:
        scale = _scale(os.environ.get("BENCH_SCALE", ""))
        rows = _rows(os.environ.get("BENCH_ROWS", ""))
        _say("starting the services")
        with raised(folder) as stage:
            figures = list(_measured(stage, scale, rows))
        if "recovery" in rows:
            _say("recovery")
            figures += recovery_figures.recoveries()
    except (StageFailed, LoadFailed, EmbeddedError) as error:
        sys.stderr.write(f"The benchmarks stopped: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    missed = sum(not figure.is_met for figure in figures)
    sys.stdout.write(f"\n{table(figures)}\n\n{len(figures) - missed} of {len(figures)} goals met, ")
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s, {os.cpu_count()} cores. docs/benchmarks.md explains.\n")
    return 0


def _measured(stage: Stage, scale: float, rows: frozenset[str]) -> Iterator[Figure]:
    if "mapping" in rows:
        _say("mapping")
        yield from mapping_figures.mapping()
    if rows - {"mapping", "recovery"}:
        yield from _on_a_club(stage, scale, rows)


def _on_a_club(stage: Stage, scale: float, rows: frozenset[str]) -> Iterator[Figure]:
    stage.start_servers()
    members = FEW_MEMBERS if rows <= OF_FEW else int(MEMBERS * scale)
    _say(f"importing {members:,} members")
    club, imported = founded(stage, members=members)
    if "freshness" in rows:
        _say("freshness")
        yield from delivery_figures.freshness(stage, club)
    for name, measure in ON_MEMBERS:
        if name in rows:
            _say(name)
            yield measure(stage, club)
    for name, measure_door in DOORS:
        if name in rows:
            _say(name)
            yield from measure_door(stage, club)
    if "delivery" in rows:
        _say("delivery")
        yield delivery_figures.delivery(stage, club, scale=scale)
    for name, measure_queue in QUEUES:
        if name in rows:
            _say(name)
            yield from measure_queue(stage, club, scale=scale)
    for name, measure_months in ON_MONTHS:
        if name in rows:
            _say(name)
            yield from measure_months(stage, club, scale=scale)
    if members > FEW_MEMBERS:
        yield imported


def _rows(text: str) -> frozenset[str]:
    named = {name.strip() for name in text.split(",") if name.strip()}
    known = ROWS | {name for name, _ in ON_MONTHS}
    if unknown := sorted(named - known):
        raise StageFailed(f"BENCH_ROWS names '{unknown[0]}'; there are: {', '.join(sorted(known))}.")
    return frozenset(named) or ROWS


def _scale(text: str) -> float:
    try:
        scale = float(text or 1)
    except ValueError:
        scale = 0.0
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise StageFailed(f"BENCH_SCALE is '{text}', but takes a number from {LEAST_SCALE} to {MOST_SCALE:.0f}.")
    return scale


def _say(what: str) -> None:
    """On the error stream, so that the table stands alone."""
    sys.stderr.write(f"· {what} …\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
