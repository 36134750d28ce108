"""The result as JSON, as lines for the terminal, and as the table in docs/reliability.md."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chaos.run import Result

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- result of make chaos: begin -->", "<!-- result of make chaos: end -->"
_COLUMNS = (
    ("Lost", "lost"),
    ("Phantom", "phantom"),
    ("Wrong program", "wrong_program"),
    ("Out of order", "out_of_order"),
    ("Stale", "stale"),
    ("Twice without mark", "twice_unmarked"),
    ("Wrongly dead", "wrongly_dead"),
)


def line(result: Result) -> str:
    """One result for the terminal."""
    counts = result.counts
    recovered = "–" if result.recovery_seconds is None else f"{result.recovery_seconds:.1f} s"
    verdict = "good" if result.is_good else "BAD"
    told = [f"{name}: {number}" for name, number in counts.faults.items()] + list(result.complaints)
    return (
        f"{result.fault.id:6} {verdict:4} {counts.accepted:>7,} accepted, {counts.delivered:,} delivered, "
        f"{counts.dead:,} dead, marks {counts.marks} of {counts.marks_allowed}, twice {counts.twice_marked}, "
        f"recovered {recovered}, p95 {result.delay_p95_seconds:.1f} s, took {result.seconds:.0f} s"
        + "".join(f"\n       {each}" for each in told)
    )


def as_json(results: Sequence[Result], left_out: Mapping[str, str]) -> str:
    return json.dumps({**_machine(), "results": [_plain(result) for result in results], "left_out": left_out}, indent=1)


def table(results: Sequence[Result], left_out: Mapping[str, str]) -> str:
    """Markdown: one row a fault, in the order of their numbers; what was left out says why."""
    events = sum(result.counts.accepted for result in results)
    machine = _machine()
    minutes = sum(result.seconds for result in results) / 60
    names = " | ".join(name for name, _ in _COLUMNS)
    lines = [
        f"{machine['date']}, {machine['cores']} cores, {machine['system']}; {events:,} events accepted in "
        f"{minutes:.0f} minutes; seed {results[0].seed if results else 0}.",
        "",
        f"| Fault | What | Accepted | {names} | Marks, of allowed | Samples | Recovered | p95 to Braze | |",
        f"| --- | --- |{' ---: |' * (len(_COLUMNS) + 5)} --- |",
    ]
    rows = {result.fault.id: _row(result) for result in results}
    rows |= {
        fault: f"| {fault} | left out: {reason} |{' |' * (len(_COLUMNS) + 6)}" for fault, reason in left_out.items()
    }
    return "\n".join([*lines, *(rows[fault] for fault in sorted(rows, key=lambda each: (each == "RANDOM", each)))])


def write_document(text: str, *, path: Path = DOCUMENT) -> None:
    """Replaces what stands between the markers. Raises ValueError when they are not there."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} lacks the markers between which the result stands.")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def _row(result: Result) -> str:
    counts = result.counts
    numbers = " | ".join(str(getattr(counts, name)) for _, name in _COLUMNS)
    recovered = "–" if result.recovery_seconds is None else f"{result.recovery_seconds:.1f} s"
    return (
        f"| {result.fault.id} | {result.fault.title} | {counts.accepted:,} | {numbers} | "
        f"{counts.marks}, {counts.marks_allowed} | {result.samples} | {recovered} | {result.delay_p95_seconds:.1f} s | "
        f"{'good' if result.is_good else '; '.join(result.complaints) or 'bad'} |"
    )


def _plain(result: Result) -> dict[str, Any]:
    return {
        "fault": result.fault.id,
        "title": result.fault.title,
        "seed": result.seed,
        "is_good": result.is_good,
        "counts": asdict(result.counts),
        "samples": result.samples,
        "seconds": round(result.seconds, 1),
        "recovery_seconds": None if result.recovery_seconds is None else round(result.recovery_seconds, 2),
        "delay_p95_seconds": round(result.delay_p95_seconds, 2),
        "repeated_calls": result.repeated_calls,
        "complaints": list(result.complaints),
    }


def _machine() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }
