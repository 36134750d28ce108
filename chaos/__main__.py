"""`python -m chaos`: all faults and a random run, or those that are asked for; prints a line each, and a table."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.running import CLONE, StageFailed
from chaos import report
from chaos.faults.chance import random_run
from chaos.faults.table import BY_ID, FAULTS, LEFT_OUT, QUICK
from chaos.run import Fault, Result, carry_out
from chaos.stage import FULL_PACE, QUICK_PACE, Stage
from chaos.staging import raised
from selfservice.embedded.errors import EmbeddedError

EVENTS, RATE = 5_000, 400.0
RANDOM_SECONDS, RANDOM_RATE = 600.0, 100.0
PROGRAMS = 20
# After so many faults a stage is raised anew, so that nothing that one leaves behind is carried too far.
FAULTS_PER_STAGE = 12


def main(arguments: Sequence[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = _parser().parse_args(arguments)
    folder = Path(os.environ.get("VAR_FOLDER") or CLONE / "var") / "chaos"
    seed = options.seed if options.seed is not None else time.time_ns() % 1_000_000
    print(f"seed {seed}; logs, ledgers and the journal lie in {folder}", flush=True)  # noqa: T201 - a command line
    results: list[Result] = []
    try:
        for result in _results(options, folder, seed):
            results.append(result)
            print(report.line(result), flush=True)  # noqa: T201
    except (StageFailed, EmbeddedError) as error:
        sys.stderr.write(f"The harness stopped: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        _store(results, folder, is_whole=not (options.fault or options.random))
    bad = sum(not result.is_good for result in results)
    events = sum(result.counts.accepted for result in results)
    print(f"{len(results) - bad} of {len(results)} good, {events:,} events accepted, seed {seed}")  # noqa: T201
    return 1 if bad else 0


def _results(options: argparse.Namespace, folder: Path, seed: int) -> Iterator[Result]:
    pace = QUICK_PACE if options.quick else FULL_PACE
    chosen = [BY_ID[name] for name in options.fault] or ([] if options.random else list(FAULTS))
    for first in range(0, len(chosen), FAULTS_PER_STAGE):
        with raised(folder, pace=pace, programs=options.programs) as stage:
            for fault in chosen[first : first + FAULTS_PER_STAGE]:
                yield carry_out(stage, fault, events=options.events, rate=options.rate, seed=seed)
    seconds = options.random or (0.0 if options.fault else RANDOM_SECONDS)
    if seconds:
        with raised(folder, pace=pace, programs=options.programs) as stage:
            yield _random(stage, seconds=seconds, seed=seed)


def _random(stage: Stage, *, seconds: float, seed: int) -> Result:
    fault: Fault = random_run(FAULTS, seconds=seconds)
    return carry_out(stage, fault, events=int(seconds * RANDOM_RATE), rate=RANDOM_RATE, seed=seed)


def _store(results: Sequence[Result], folder: Path, *, is_whole: bool) -> None:
    """The document is about whole runs only."""
    if not results:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_text(report.as_json(results, LEFT_OUT))
    if is_whole and len(results) > len(FAULTS):
        report.write_document(report.table(results, LEFT_OUT))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos", description="Breaks delivery on purpose, and counts.")
    known = sorted(BY_ID)
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=known,
        metavar="ID",
        help=f"{known[0]} to {known[-1]}; repeatable",
    )
    parser.add_argument("--random", type=float, default=0.0, metavar="SECONDS", help="the random run, for so long")
    parser.add_argument("--events", type=int, default=EVENTS, help="for each fault (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=RATE, help="events a second (default: %(default)s)")
    parser.add_argument("--programs", type=int, default=PROGRAMS, help="default: %(default)s")
    parser.add_argument("--seed", type=int, help="repeats a run (default: drawn, and printed)")
    parser.add_argument(
        "--quick", action="store_true", help=f"short leases and waits, as in the tests of {', '.join(QUICK)}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
