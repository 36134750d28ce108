"""One run: load, a fault in its midst, everything mended, everything settled, everything counted."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles

import psycopg

from chaos import journal, sampling
from chaos.book import Book
from chaos.counting import Counts, count
from chaos.events import EventSource, Mix
from chaos.load import Load
from chaos.stage import WORKERS, Program, Stage
from chaos.till import Till

SENDERS = 3
SETTLE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Fault:
    """`act` breaks something while the load runs; it may mend it again, and what it leaves broken is mended after it.

    `recovers_within` is the goal in seconds. A fault that `stands_alone` is no part of the random run. One that
    `is_set_back` lets the product forget what it has sent, which then comes again. `rate` is the most events a second,
    where delays are compared and the load alone must not make any.
    """

    id: str
    title: str
    act: Callable[["Run"], None]
    recovers_within: float = 30.0
    mix: Mix = field(default_factory=Mix)
    has_till: bool = False
    stands_alone: bool = False
    alters_answers: bool = False
    is_set_back: bool = False
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    fault: Fault
    events: int
    seed: int
    counts: Counts
    samples: int
    seconds: float
    recovery_seconds: float | None
    delay_p95_seconds: float
    repeated_calls: int
    complaints: Sequence[str]

    @property
    def is_good(self) -> bool:
        return not self.counts.faults and not self.complaints


@dataclass(slots=True)
class Run:
    """What a fault has to work with."""

    stage: Stage
    fault: Fault
    load: Load
    seed: int
    book: Book
    journal_start: int = 0
    till: Till | None = None
    is_random: bool = False
    complaints: list[str] = field(default_factory=list)
    ambiguous: int = 0
    healed_at: float = 0.0
    _random: random.Random = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.seed}/{self.fault.id}")  # noqa: S311 - repeatable, no secret

    @property
    def lease_seconds(self) -> float:
        return self.stage.pace.lease_seconds

    def reach(self, share: float) -> None:
        """Waits until so much of the load has been taken; a random run strikes when it likes."""
        if not self.is_random:
            self.load.wait_share(share)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def any_worker(self) -> str:
        return self._random.choice(WORKERS)

    def chance(self) -> float:
        return self._random.random()

    def require(self, holds: bool, complaint: str) -> None:
        if not holds:
            with self._lock:
                self.complaints.append(complaint)

    def note_ambiguous(self, requests: int) -> None:
        """So many requests ended without their sender knowing how."""
        with self._lock:
            self.ambiguous += requests

    def kill_worker(self, name: str) -> int:
        """Frozen first, so that the requests that die with it can be counted; gives their number."""
        self.stage.processes.suspend(name)
        try:
            requests = sampling.in_flight(self.stage)
        except psycopg.Error:
            self.stage.processes.resume(name)
            raise
        self.stage.processes.kill(name)
        self.note_ambiguous(requests)
        return requests

    @contextmanager
    def attempts_frozen(self) -> Iterator[None]:
        """No request starts or ends meanwhile as far as the database knows; those under way count as ambiguous."""
        with self.stage.connection() as database:
            database.execute("BEGIN")
            database.execute("LOCK TABLE attempt IN SHARE ROW EXCLUSIVE MODE")
            [(requests,)] = database.execute("SELECT count(*) FROM attempt").fetchall()
            self.note_ambiguous(int(requests))
            yield

    def arrivals_since(self, moment: float) -> list[journal.Asked]:
        """The requests that “Braze” has seen since, of the whole stage."""
        asked = journal.read(self.stage.journal, start=self.journal_start).asked
        return [each for each in asked if each.at >= moment]

    def most_of_a_lane(self, program: Program, *, since: float) -> int:
        """How many requests of the program's lane that made the most of them have arrived since."""
        asked = [each for each in self.arrivals_since(since) if each.key_end in program.key_ends]
        return max(Counter(each.lane for each in asked).values(), default=0)

    def first_arrivals(self, *, without_key: str) -> dict[str, float]:
        """When each event of the other programs first took effect."""
        first: dict[str, float] = {}
        for arrival in journal.read(self.stage.journal, start=self.journal_start).arrivals:
            if arrival.took_effect and arrival.event_id is not None and arrival.key_end != without_key:
                first.setdefault(arrival.event_id, arrival.at)
        return first

    def heal(self) -> None:
        self.stage.restore()
        self.healed_at = time.monotonic()


def carry_out(stage: Stage, fault: Fault, *, events: int, rate: float, seed: int) -> Result:
    """Raises StageFailed when the product does not come back so far that anything could be counted."""
    begun = time.monotonic()
    tag = f"{fault.id.lower()}.{seed}.{time.time_ns() // 1_000_000:x}"
    book = Book(stage.folder / f"ledger-{tag}.jsonl")
    start, struck = journal.size(stage.journal), stage.braze.struck
    run = Run(stage, fault, _load(stage, fault, book, tag, events, rate, seed), seed, book, start)
    before = sampling.tally(stage)
    sampler = sampling.Sampler(stage)
    sampler.start()
    run.till = Till(stage, stage.programs[0]) if fault.has_till else None
    if run.till:
        run.till.start()
    run.load.start()
    try:
        fault.act(run)
    finally:
        run.heal()
    recovery = sampling.recovery_seconds(stage, since=run.healed_at, most=SETTLE_SECONDS)
    run.load.finish()
    if run.till:
        run.till.finish(book)
    run.require(sampling.settled(stage, most=SETTLE_SECONDS), "events still waited in the end")
    # Whoever was frozen may still have something to say.
    time.sleep(3 * stage.pace.sweep_seconds)
    sampler.stop()
    seen = journal.read(stage.journal, start=start)
    after = sampling.tally(stage)
    counts = count(
        sent=book.events,
        arrivals=seen.arrivals,
        ended=sampling.endings(stage, tag=tag) + (run.till.endings() if run.till else []),
        key_ends={program.number: program.key_ends for program in stage.programs},
        marks=after.maybe_twice - before.maybe_twice,
        ambiguous_requests=run.ambiguous + _unknown(seen, fault) + stage.braze.struck - struck,
        may_come_again=fault.is_set_back,
    )
    _judge(run, sampler, after, before, recovery, counts)
    return Result(
        fault=fault,
        events=counts.accepted,
        seed=seed,
        counts=counts,
        samples=sampler.samples,
        seconds=time.monotonic() - begun,
        recovery_seconds=recovery,
        delay_p95_seconds=_delay_p95(book, seen),
        repeated_calls=sum(run.load.answers.values()) - run.load.answers[202] - run.load.answers[400],
        complaints=tuple(dict.fromkeys([*run.complaints, *run.load.complaints])),
    )


def _load(stage: Stage, fault: Fault, book: Book, tag: str, events: int, rate: float, seed: int) -> Load:
    numbers = [program.number for program in stage.programs]
    sources = [
        EventSource(tag, f"{seed}/{fault.id}/{sender}", tuple(numbers[sender::SENDERS]), fault.mix)
        for sender in range(min(SENDERS, len(numbers)))
    ]
    return Load(stage.web, stage.programs, book, sources, events, min(rate, fault.rate or rate))


def _judge(
    run: Run,
    sampler: sampling.Sampler,
    after: sampling.Tally,
    before: sampling.Tally,
    recovery: float | None,
    counts: Counts,
) -> None:
    for found in sampler.unbalanced[:3]:
        run.require(False, f"the ledger did not add up: {found}")
    for difference in sampling.differences(run.stage, after):
        run.require(False, difference)
    taken = after.accepted - before.accepted
    run.require(taken == counts.accepted, f"the ledger accepted {taken}, acknowledged were {counts.accepted}")
    if recovery is None or recovery > run.fault.recovers_within:
        told = "not at all" if recovery is None else f"after {recovery:.1f} s"
        run.require(False, f"recovered {told}, the goal is {run.fault.recovers_within:.0f} s")


def _unknown(seen: journal.Journal, fault: Fault) -> int:
    altered = fault.alters_answers
    return sum(
        asked.leaves_fate_unknown and (altered or not (asked.fault or "").startswith("altered")) for asked in seen.asked
    )


def _delay_p95(book: Book, seen: journal.Journal) -> float:
    """From the acknowledged call's beginning to the first arrival at “Braze”."""
    first: dict[str, float] = {}
    for arrival in seen.arrivals:
        if arrival.took_effect and arrival.event_id is not None:
            first.setdefault(arrival.event_id, arrival.at)
    delays = [
        max(0.0, first[event.event_id] - event.acknowledged_at)
        for event in book.events.values()
        if event.acknowledged_at is not None and event.event_id in first
    ]
    return quantiles(delays, n=20)[-1] if len(delays) > 1 else 0.0
