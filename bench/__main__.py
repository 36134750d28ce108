"""`make bench`: measures, prints one table, and leaves nothing running. BENCH_SCALE=10 takes ten times the data, and
BENCH_CALL_LOG=1 measures the doors with 5,000,000 calls in the log too."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import content_figures, delivery_figures, history_figures, http_figures, mapping_figures
from bench.club import Club, founded
from bench.figures import Figure, table
from bench.load import LoadFailed
from bench.stage import CLONE, Stage, StageFailed, raised
from selfservice.embedded.errors import EmbeddedError

MEMBERS = 100_000
LEAST_SCALE, MOST_SCALE = 0.01, 10.0

# Searching comes before the figures that write: what they leave behind is not what a search is measured on.
HTTP_FIGURES: tuple[tuple[str, Callable[[Stage, Club], Figure]], ...] = (
    ("search", http_figures.search),
    ("account details", http_figures.account_details),
    ("Connected Content", http_figures.content_profile),
    ("Connected Content at a rate", content_figures.content_at_a_rate),
    ("intake, one by one", http_figures.intake_single),
    ("intake, arrays", http_figures.intake_arrays),
    ("booking", http_figures.booking),
    ("booking with a history", http_figures.booking_with_history),
)


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    folder = Path(os.environ.get("VAR_FOLDER") or CLONE / "var") / "bench"
    try:
        scale = _scale(os.environ.get("BENCH_SCALE", ""))
        _say("starting the services")
        with raised(folder) as stage:
            figures = list(_measured(stage, scale))
    except (StageFailed, LoadFailed, EmbeddedError) as error:
        sys.stderr.write(f"The benchmarks stopped: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    missed = sum(not figure.is_met for figure in figures)
    sys.stdout.write(f"\n{table(figures)}\n\n{len(figures) - missed} of {len(figures)} goals met, ")
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s, {os.cpu_count()} cores. docs/benchmarks.md explains.\n")
    return 0


def _measured(stage: Stage, scale: float) -> Iterator[Figure]:
    members = int(MEMBERS * scale)
    _say("mapping")
    yield from mapping_figures.mapping()
    stage.start_servers()
    _say(f"importing {members:,} members")
    club, imported = founded(stage, members=members)
    _say("freshness")
    yield from delivery_figures.freshness(stage, club)
    for name, measure in HTTP_FIGURES:
        _say(name)
        yield measure(stage, club)
    _say("delivery")
    yield delivery_figures.delivery(stage, club, scale=scale)
    yield imported
    if os.environ.get("BENCH_CALL_LOG") == "1":
        _say("a long call log")
        yield from history_figures.with_history(stage, club, scale=scale)


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
