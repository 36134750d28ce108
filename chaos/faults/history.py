"""Faults of what is kept: removed while events flow, and set back to what a backup knows."""

import subprocess
import time

from bench.running import StageFailed
from chaos import sampling
from chaos.faults.intake import quiet_delay
from chaos.load import ANSWER_SECONDS
from chaos.run import Run
from chaos.stage import WORKERS, Stage
from selfservice.embedded.binaries import postgres_binary

OLD_ROWS = 200_000
OLD_DAYS = 91
PROGRAM_SECONDS = 120.0


def purged_under_load(run: Run) -> None:
    """F36: the nightly purge meets a day of many rows while events flow, which must not notice."""
    run.reach(0.1)
    day = _make_old_rows(run.stage)
    run.reach(0.3)
    before = quiet_delay(run, "", since=time.time() - 5)
    begun = time.time()
    purged = run.stage.manage("purge")
    run.pause(1.0)
    during = quiet_delay(run, "", since=begun)
    run.require(purged["event_keys"] >= OLD_ROWS, f"only {purged['event_keys']} ids of events were removed")
    left = run.stage.sql("SELECT relname FROM pg_class WHERE relname LIKE %s", [f"%\\_{day}"])
    run.require(not left, f"tables of the old day are left: {left}")
    run.require(during <= max(3.0, 2 * before), f"events waited {during:.1f} s, before it was {before:.1f} s")


def set_back(run: Run) -> None:
    """F38: the database is restored from a backup made some seconds ago. What was acknowledged since is forgotten, and
    senders make those calls again; what was sent since comes a second time, and nothing can know of it."""
    stage = run.stage
    run.reach(0.3)
    backup, backed_up_at = stage.folder / "backup.dump", time.time()
    _program("pg_dump", "--format=custom", f"--file={backup}", stage.database_url)
    run.reach(0.6)
    run.load.hold()
    for name in ("web", *WORKERS, "scheduler"):
        stage.processes.end(name)
    stage.sql("DROP SCHEMA public CASCADE")
    stage.sql("CREATE SCHEMA public")
    _program("pg_restore", "--no-owner", "--single-transaction", f"--dbname={stage.database_url}", str(backup))
    # Those under way when the backup was made are in it, and nobody will hear how they ended.
    run.note_ambiguous(sampling.in_flight(stage))
    stage.start_web()
    stage.wait_for(stage.answers, what="web answers after the restore")
    for name in WORKERS:
        stage.start_worker(name)
    stage.start_scheduler()
    # A call that began before the backup may have been stored after it.
    again = run.load.repeat_and_go_on(begun_since=backed_up_at - ANSWER_SECONDS)
    run.require(again > 0, "nothing was acknowledged after the backup")


def _make_old_rows(stage: Stage) -> str:
    """A day past retention full of rows, as it would be the night before; gives the day as its tables are named."""
    code = f"""
from datetime import timedelta
from django.utils import timezone
from selfservice.partitions.days import DAYS_AHEAD, create_ahead
moment = timezone.now() - timedelta(days={OLD_DAYS})
create_ahead(now=moment - timedelta(days=DAYS_AHEAD))
print(moment.strftime("%Y%m%d"))
"""
    day = stage.python(code)
    stage.sql(
        """
        INSERT INTO loyalty_event (day, accepted_at, program_id, event_id, type, occurred_at, account_id, user_id,
                                   partner_id, member_role, source, data)
        SELECT %s::date, now(), 0, 'old-' || n, 'BALANCE_CHANGED', now(), 'a-' || n %% 5000, '', '', '', 'door', '{}'
        FROM generate_series(1, %s) n
        """,
        [day, OLD_ROWS],
    )
    stage.sql(
        """
        INSERT INTO delivery_outcome (day, at, program_id, lane_id, sequence, stored_event_id, event_day, event_id,
                                      account_id, type, state, reason, is_maybe_twice, request_id, notes)
        SELECT %s::date, now(), 0, 0, n, n, %s::date, 'old-' || n, 'a-' || n %% 5000, 'BALANCE_CHANGED', 'delivered',
               '', false, '', '[]'
        FROM generate_series(1, %s) n
        """,
        [day, day, OLD_ROWS],
    )
    stage.sql(
        "INSERT INTO event_key (program_id, event_id, day) SELECT 0, 'old-' || n, %s FROM generate_series(1, %s) n",
        [day, OLD_ROWS],
    )
    return day


def _program(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [postgres_binary(name), *arguments], capture_output=True, text=True, check=False, timeout=PROGRAM_SECONDS
    )
    if done.returncode != 0:
        raise StageFailed(f"{name} failed: {done.stderr.strip()[-500:]}")
