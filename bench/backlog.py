"""A backlog: events put in line by statements, as many as wanted, and drained while what that costs is measured."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench import processor
from bench.running import StageFailed
from bench.stage import Stage
from integrations.cards.demo.children import Children

WORKERS = 2
ACCOUNTS = 100_000
# A worker that has just begun still loads what it needs.
EARLY, LATE = 0.2, 0.95

_EVENTS = """
INSERT INTO loyalty_event (day, accepted_at, program_id, event_id, type, occurred_at, account_id, user_id, partner_id,
                           member_role, source, data)
SELECT (now() AT TIME ZONE 'UTC')::date, now(), programs[1 + n %% cardinality(programs)], %(run)s || '-' || n,
       'BALANCE_CHANGED', now(), 'b-' || (n::bigint * 7919 %% %(accounts)s), '', '', '', 'door',
       jsonb_build_object('points', n + %(salt)s, 'lockedPoints', 0, 'statusPoints', n %% 9000, 'delta', 5)
FROM generate_series(1, %(count)s) n, (SELECT array_agg(id ORDER BY id) AS programs FROM programs_program
                                        WHERE code = ANY(%(codes)s)) AS chosen
"""
_LANES = """
INSERT INTO lane (program_id, connection_id, number, next_sequence, low_water, fence, failures, accepted, delivered,
                  dead, filtered, maybe_twice)
SELECT c.program_id, c.id, n, 1, 1, 0, 0, 0, 0, 0, 0, 0
FROM connections_connection c, generate_series(0, 15) n WHERE c.is_complete ORDER BY c.id, n ON CONFLICT DO NOTHING
"""
_WAITING = """
WITH new AS (
  SELECT lane.id AS lane_id, e.id AS event_id, e.day,
         lane.next_sequence - 1 + row_number() OVER (PARTITION BY lane.id ORDER BY e.id) AS sequence
  FROM loyalty_event e JOIN connections_connection c ON c.program_id = e.program_id
  JOIN lane ON lane.connection_id = c.id AND lane.number = crc32(convert_to(e.account_id, 'UTF8')) %% 16
  WHERE starts_with(e.event_id, %(run)s || '-')),
put AS (
  INSERT INTO delivery (lane_id, sequence, event_id, day, is_maybe_twice)
  SELECT lane_id, sequence, event_id, day, false FROM new RETURNING lane_id)
UPDATE lane SET next_sequence = next_sequence + n, accepted = accepted + n
FROM (SELECT lane_id, count(*) AS n FROM put GROUP BY 1) AS counted WHERE lane.id = counted.lane_id
"""
_DUE = "UPDATE lane SET due_at = now() WHERE accepted > delivered + dead + filtered"
_LEFT = "SELECT coalesce(sum(accepted - delivered - dead - filtered), 0)::bigint FROM lane"


@dataclass(frozen=True, slots=True)
class Drained:
    """What a backlog took: on the wall, and of processors, the workers' and PostgreSQL's together. Memory is the
    workers'."""

    events: int
    seconds: float
    processor_seconds: float
    early_megabytes: float
    late_megabytes: float

    @property
    def microseconds_an_event(self) -> float:
        return self.processor_seconds / self.events * 1e6


def left(stage: Stage) -> int:
    [(units,)] = stage.sql(_LEFT)
    return int(units)


def start_workers(stage: Stage) -> list[Children]:
    """Two of them, awake."""
    workers = [stage.start(f"worker-{number}", ["manage.py", "worker"]) for number in range(WORKERS)]
    stage.wait_for(lambda: stage.sql("SELECT 1 FROM watch_heartbeat WHERE kind = 'worker'"), what="a worker is seen")
    stage.wait_for(lambda: left(stage) == 0, what="nothing waits")
    return workers


def put_in_line(stage: Stage, *, events: int, codes: Sequence[str]) -> None:
    """The events wait, spread over these programs, but are not due yet: nobody touches them."""
    # A balance that a profile has been told already would not be sent again.
    salt = int(time.time()) % 1_000_000 * 1_000
    values = {
        "run": f"queue{time.time_ns():x}",
        "count": events,
        "codes": list(codes),
        "accounts": ACCOUNTS,
        "salt": salt,
    }
    stage.sql(_LANES)
    stage.sql(_EVENTS, values)
    stage.sql(_WAITING, values)
    stage.sql("VACUUM ANALYZE")


def let_go(stage: Stage) -> None:
    stage.sql(_DUE)


def drain(stage: Stage, workers: Sequence[Children], *, events: int, codes: Sequence[str], most: float) -> Drained:
    """Raises StageFailed when it takes longer than `most` seconds."""
    put_in_line(stage, events=events, codes=codes)
    own = [pid for worker in workers for pid in worker.process_ids()]
    all_pids = [*own, stage.postgres_pid()]
    before, begun = processor.seconds(all_pids), time.monotonic()
    let_go(stage)
    early = late = 0.0
    while (waiting := left(stage)) > 0:
        if waiting <= (1 - EARLY) * events and not early:
            early = processor.resident_megabytes(own)
        if waiting > (1 - LATE) * events:
            late = processor.resident_megabytes(own)
        if time.monotonic() - begun > most:
            raise StageFailed(f"{waiting:,} of {events:,} events still waited after {most:.0f} s.")
        time.sleep(0.1)
    took = time.monotonic() - begun
    return Drained(events, took, processor.seconds(all_pids) - before, early or late, late)
